/* libcurl by dlopen. */
#include "agent/net/curl_lib.h"
#include "agent/net/http.h"
#include "agent/base/i18n.h"
#include "agent/base/str.h"
#include <dirent.h>
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <sys/mman.h>

static struct curl_lib lib;
static _Atomic bool loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const struct {
	const char *name;
	size_t offset;
} symbols[] = {
#define S(field, name) { name, offsetof(struct curl_lib, field) }
	S(global_init, "curl_global_init"),
	S(easy_init, "curl_easy_init"),
	S(easy_setopt, "curl_easy_setopt"),
	S(easy_getinfo, "curl_easy_getinfo"),
	S(easy_cleanup, "curl_easy_cleanup"),
	S(easy_pause, "curl_easy_pause"),
	S(easy_strerror, "curl_easy_strerror"),
	S(slist_append, "curl_slist_append"),
	S(slist_free_all, "curl_slist_free_all"),
	S(multi_init, "curl_multi_init"),
	S(multi_setopt, "curl_multi_setopt"),
	S(multi_add_handle, "curl_multi_add_handle"),
	S(multi_remove_handle, "curl_multi_remove_handle"),
	S(multi_socket_action, "curl_multi_socket_action"),
	S(multi_info_read, "curl_multi_info_read"),
	S(multi_assign, "curl_multi_assign"),
	S(multi_cleanup, "curl_multi_cleanup"),
#undef S
};

/* Debian's libcurl brings GnuTLS along for LDAP and RTMP, which are never spoken here. Setting
 * itself up when loaded would cost 1 MB for ever. Said before there are threads; children get an
 * environment of their own, and who gives the terminal away takes it out again. */
__attribute__((constructor)) static void
leave_gnutls_alone(void)
{
	setenv("GNUTLS_NO_IMPLICIT_INIT", "1", 0);
}

/* Files named after the hash of an authority's name: "5ed36f99.0". */
static bool
is_hashed(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	bool yes = false;

	while (d && !yes && (e = readdir(d)))
		yes = strlen(e->d_name) == 10 && strspn(e->d_name, "0123456789abcdef") == 8 &&
			str_ends(e->d_name, ".0");
	if (d)
		closedir(d);
	return yes;
}

/* Libraries stand in the order in which they were loaded. */
static size_t n_before;

static int
count_one(struct dl_phdr_info *info, size_t size, void *user)
{
	(void)info;
	(void)size;
	++*(size_t *)user;
	return 0;
}

struct walk {
	size_t i;
	uintptr_t page;
};

/* What is only read (code, tables, the lists of names) is never changed in memory: it comes back
 * from the file when it is wanted. */
static int
hand_back(struct dl_phdr_info *info, size_t size, void *user)
{
	struct walk *w = user;
	bool ours = w->i++ >= n_before || strstr(info->dlpi_name, "/libcrypto.so");

	(void)size;
	for (int i = 0; ours && i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t from = info->dlpi_addr + p->p_vaddr, to = from + p->p_filesz;

		from = (from + w->page - 1) & ~(w->page - 1);
		to &= ~(w->page - 1);
		if (p->p_type == PT_LOAD && !(p->p_flags & PF_W) && to > from)
			madvise((void *)from, to - from, MADV_DONTNEED); /* NOLINT: an address */
	}
	return 0;
}

void
http_rest(void)
{
	struct walk w = { 0, (uintptr_t)sysconf(_SC_PAGESIZE) };

	if (loaded)
		dl_iterate_phdr(hand_back, &w);
}

static void
load(void)
{
	void *h;
	size_t i;

	dl_iterate_phdr(count_one, &n_before);
	h = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);

	for (i = 0; h && i < ARRAY_LEN(symbols); i++) {
		void *sym = dlsym(h, symbols[i].name);

		if (!sym)
			return;
		memcpy((char *)&lib + symbols[i].offset, &sym, sizeof(sym));
	}
	lib.hashed = is_hashed(CURL_LIB_CERTS);
	loaded = h && lib.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

const struct curl_lib *
curl_lib_load(struct err *err)
{
	pthread_once(&once, load);
	if (loaded)
		return &lib;
	err_set(err, ERR_NET, "%s", _("libcurl is missing; install the package libcurl4"));
	return NULL;
}
