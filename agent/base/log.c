#include "agent/base/log.h"
#include "agent/base/clock.h"
#include "agent/base/path.h"
#include "agent/base/sanitize.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

#define FILE_MAX (1 << 20)
#define LINE_MAX_BYTES 1024
#define LINES_MAX 2000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	enum log_level level;
	char *path, *old_path;
	int fd;
	char *lines[LINES_MAX]; /* a ring; next is the oldest once it is full */
	size_t n, next;
} lg = { .level = LOG_INFO, .fd = -1 };

static void
open_file(void)
{
	lg.fd = open(lg.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static void
close_file(void)
{
	if (lg.fd >= 0)
		close(lg.fd);
	lg.fd = -1;
	free(lg.path);
	free(lg.old_path);
	lg.path = lg.old_path = NULL;
}

void
log_open(const char *dir, enum log_level level)
{
	pthread_mutex_lock(&lock);
	close_file();
	lg.level = level;
	if (dir) {
		lg.path = path_join(dir, "log");
		lg.old_path = path_join(dir, "log.1");
		open_file();
	}
	pthread_mutex_unlock(&lock);
}

void
log_close(void)
{
	pthread_mutex_lock(&lock);
	close_file();
	for (size_t i = 0; i < lg.n; i++) {
		free(lg.lines[i]);
		lg.lines[i] = NULL;
	}
	lg.n = lg.next = 0;
	lg.level = LOG_INFO;
	pthread_mutex_unlock(&lock);
}

/* Several processes write here: whoever finds the file full moves it, the others, whose
 * descriptor is then the moved one, only open the new one. */
static void
make_room(size_t n)
{
	struct stat ours, there;

	if (lg.fd < 0 || fstat(lg.fd, &ours) < 0 || ours.st_size + (off_t)n <= FILE_MAX)
		return;
	if (stat(lg.path, &there) == 0 && there.st_ino == ours.st_ino &&
		there.st_dev == ours.st_dev)
		rename(lg.path, lg.old_path);
	close(lg.fd);
	open_file();
}

static void
remember(const char *line)
{
	size_t i = lg.n < LINES_MAX ? lg.n++ : lg.next;

	free(lg.lines[i]);
	lg.lines[i] = xstrdup(line);
	lg.next = (i + 1) % LINES_MAX;
}

static void
put(struct buf *line)
{
	pthread_mutex_lock(&lock);
	remember(buf_str(line));
	buf_add_char(line, '\n');
	make_room(line->len);
	/* A full disk loses log lines, nothing else. */
	if (lg.fd >= 0 && write(lg.fd, line->p, line->len) < 0)
		errno = 0;
	pthread_mutex_unlock(&lock);
}

static void
stamp(struct buf *b)
{
	int64_t ms = clock_wall(&clock_system);
	time_t sec = (time_t)(ms / 1000);
	char text[32];
	struct tm tm;

	localtime_r(&sec, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	buf_printf(b, "%s.%03d", text, (int)(ms % 1000));
}

static enum log_level
present_level(void)
{
	enum log_level level;

	pthread_mutex_lock(&lock);
	level = lg.level;
	pthread_mutex_unlock(&lock);
	return level;
}

void
log_write(enum log_level level, const char *module, const char *fmt, ...)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };
	/* A quarter more than a line: escapes may make it longer, the rest is cut. */
	autobuf struct buf line = BUF_INIT(LINE_MAX_BYTES * 5 / 4);
	char raw[LINE_MAX_BYTES];
	int sys = errno;
	va_list ap;

	if (level > present_level())
		return;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	stamp(&line);
	buf_printf(&line, " %s %s: ", names[level], module);
	sanitize(&line, raw, strlen(raw), SANITIZE_NAME);
	if (line.full) {
		line.full = false;
		buf_truncate(&line, LINE_MAX_BYTES);
	}
	put(&line);
	errno = sys;
}

void
log_recent(void (*fn)(void *user, const char *line), void *user)
{
	autostrv struct strv copy = { 0 };

	/* Copied: fn may log. */
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < lg.n; i++)
		strv_add(&copy, lg.lines[lg.n < LINES_MAX ? i : (lg.next + i) % LINES_MAX]);
	pthread_mutex_unlock(&lock);
	for (size_t i = 0; i < copy.n; i++)
		fn(user, copy.v[i]);
}
