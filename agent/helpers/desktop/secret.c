/*
 * Keys in the desktop's keyring (the Secret Service), one item for each provider. "here" goes to
 * stderr as soon as the service answers: from then on it may be the person who is waited for,
 * because a locked keyring asks for its password.
 */
#include "agent/base/base.h"
#include "agent/helpers/desktop/desktop.h"
#include <libsecret/secret.h>

static const SecretSchema schema = { "org.homard.Key", SECRET_SCHEMA_NONE,
	{ { "provider", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } }, 0, NULL, NULL, NULL, NULL,
	NULL, NULL, NULL };

static int
refused(GError *e)
{
	fprintf(stderr, "%s\n", e ? e->message : "the keyring did not answer");
	g_clear_error(&e);
	return 1;
}

static bool
is_there(GError **e)
{
	SecretService *s = secret_service_get_sync(SECRET_SERVICE_OPEN_SESSION, NULL, e);

	if (!s)
		return false;
	g_object_unref(s); /* libsecret keeps its own */
	fputs("here\n", stderr);
	return true;
}

int
desktop_secret_get(const char *provider)
{
	GError *e = NULL;
	char *key = is_there(&e) ?
		secret_password_lookup_sync(&schema, NULL, &e, "provider", provider, NULL) : NULL;

	if (e)
		return refused(e);
	if (!key)
		return 3;
	fputs(key, stdout);
	secret_password_free(key);
	return fflush(stdout) == 0 ? 0 : 1;
}

int
desktop_secret_set(const char *provider)
{
	char *key = desktop_stdin(DESKTOP_SECRET_MAX);
	char *label = xasprintf("Homard: %s", provider);
	GError *e = NULL;
	gboolean ok = key && *key && is_there(&e) &&
		secret_password_store_sync(&schema, SECRET_COLLECTION_DEFAULT, label, key, NULL, &e,
			"provider", provider, NULL);

	free(label);
	if (key)
		explicit_bzero(key, strlen(key));
	free(key);
	return ok ? 0 : refused(e);
}

int
desktop_secret_remove(const char *provider)
{
	GError *e = NULL;
	gboolean gone = is_there(&e) &&
		secret_password_clear_sync(&schema, NULL, &e, "provider", provider, NULL);

	if (e)
		return refused(e);
	return gone ? 0 : 3;
}
