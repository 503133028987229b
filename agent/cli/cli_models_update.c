/* homard models update: a newer model table from a file or an address. */
#include "agent/base/i18n.h"
#include "agent/base/sanitize.h"
#include "agent/cli/models.h"
#include "agent/llm/catalogue.h"
#include "agent/net/http.h"
#include <strings.h>
#include <time.h>
#include <uv.h>

#define TABLE_MAX (32u << 20)

struct fetch {
	struct buf *out;
	char *location; /* of a redirect */
	int status;
	enum http_fail fail;
	struct err err;
};

static void
on_head(void *user, int status, const struct http_header *h, size_t n)
{
	struct fetch *f = user;

	f->status = status;
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(h[i].name, "location") == 0 && !f->location)
			f->location = sanitize_elide(h[i].value, 200);
}

static bool
on_data(void *user, struct slice bytes)
{
	struct fetch *f = user;

	return buf_add_slice(f->out, bytes);
}

static void
on_end(void *user, enum http_fail fail, const struct err *err)
{
	struct fetch *f = user;

	f->fail = fail;
	if (err)
		f->err = *err;
}

static bool
fetched(const struct fetch *f, const char *url, struct err *err)
{
	if (f->err.code) {
		*err = f->err;
		return false;
	}
	if (f->location && f->status >= 300 && f->status < 400)
		return err_set(err, ERR_NET, _("%s says that it moved to %s; name that address if you trust it"), url,
			f->location);
	if (f->fail == HTTP_REFUSED)
		return err_set(err, ERR_LIMIT, _("%s is larger than %u MB"), url, TABLE_MAX >> 20);
	if (f->status != 200)
		return err_set(err, ERR_NET, _("%s answered with status %d"), url, f->status);
	return true;
}

static bool
fetch(struct cli *c, const char *url, struct buf *out, struct err *err)
{
	struct fetch f = { .out = out };
	struct http_opts o = { .proxy = config_str(c->config, "net.proxy"),
		.ca_file = config_str(c->config, "net.ca_file"),
		.connect_ms = 1000 * config_int(c->config, "net.connect_timeout"),
		.first_byte_ms = 1000 * config_int(c->config, "net.first_byte_timeout"),
		.silence_ms = 1000 * config_int(c->config, "net.silence_timeout") };
	struct http_request r = { .url = url, .head = on_head, .data = on_data, .end = on_end,
		.user = &f };
	struct http_call *call;
	struct http *http;
	uv_loop_t loop;
	bool ok;

	uv_loop_init(&loop);
	o.loop = &loop;
	http = http_create(&o);
	ok = http_start(http, &r, &call, err);
	while (ok && !f.fail && !f.err.code && http_busy(http))
		uv_run(&loop, UV_RUN_ONCE);
	http_destroy(http);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	ok = ok && fetched(&f, url, err);
	free(f.location);
	return ok;
}

static int
update(struct cli *c, int argc, char **argv)
{
	struct buf in = BUF_INIT(TABLE_MAX), out = BUF_INIT(CATALOGUE_FILE_MAX);
	autofree char *path = path_join(c->places->data, "models.json");
	struct err err = { 0 };
	char date[16] = "";
	size_t models = 0;
	struct tm tm;
	time_t now = (time_t)(clock_wall(c->clock) / 1000);
	bool ok;

	if (argc != 2) {
		fprintf(c->errout, _("homard models update: name one file or address\n"));
		return 2;
	}
	if (gmtime_r(&now, &tm))
		strftime(date, sizeof(date), "%Y-%m-%d", &tm);
	ok = str_starts(argv[1], "https://") || str_starts(argv[1], "http://")
		? fetch(c, argv[1], &in, &err)
		: path_read_file(argv[1], &in, &err);
	ok = ok && catalogue_convert(buf_slice(&in), argv[1], date, &out, &models, &err) &&
		path_make_dirs(c->places->data, 0700, &err) &&
		path_write_file(path, buf_slice(&out), 0644, &err);
	buf_finish(&in);
	buf_finish(&out);
	if (!ok)
		return cli_fail(c, "models", &err);
	fprintf(c->out, _("%zu models were written to %s.\n"), models, path);
	return 0;
}

const struct models_verb models_update = {
	.name = "update",
	.usage = "update FILE|URL",
	.help = N_("Reads a model table (models.dev's api.json, genai-prices' data.json, or one of our\n"
		   "own form) and keeps it in the data folder. Your own corrections belong beside it\n"
		   "into models.own.json, which always wins. Nothing is fetched unless you ask."),
	.run = update,
};
