/* One notification. A mute daemon blocks for 25 s: the limit of time is the caller's. */
#include "agent/base/base.h"
#include "agent/helpers/desktop/desktop.h"
#include <libnotify/notify.h>

int
desktop_notify(void)
{
	char *text = desktop_stdin(DESKTOP_TEXT_MAX), *body = text ? strchr(text, '\n') : NULL;
	NotifyNotification *n;
	char *plain = NULL;
	gboolean ok;

	if (!text || !*text || !g_utf8_validate(text, -1, NULL)) {
		free(text);
		return 2;
	}
	if (body)
		*body++ = '\0';
	/* Daemons read markup in the body. */
	plain = body && *body ? g_markup_escape_text(body, -1) : NULL;
	if (!notify_init("Homard")) {
		g_free(plain);
		free(text);
		return 1;
	}
	n = notify_notification_new(text, plain, "homard");
	ok = notify_notification_show(n, NULL);
	g_object_unref(n);
	notify_uninit();
	g_free(plain);
	free(text);
	return ok ? 0 : 1;
}
