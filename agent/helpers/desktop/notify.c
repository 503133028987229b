/*
 * One notification. "shown" is printed once the daemon took it. With two words for buttons it waits
 * until one is pressed and prints "review" or "deny"; TERM takes it away again. A mute daemon
 * blocks for 25 s: the limit of time is the caller's.
 */
#include "agent/base/base.h"
#include "agent/helpers/desktop/desktop.h"
#include <glib-unix.h>
#include <libnotify/notify.h>
#include <signal.h>

struct asked {
	GMainLoop *loop;
	NotifyNotification *n;
};

static void
say(const char *word)
{
	puts(word);
	fflush(stdout);
}

static void
on_action(NotifyNotification *n, char *action, gpointer user)
{
	struct asked *a = user;

	say(str_eq(action, "deny") ? "deny" : "review");
	notify_notification_close(n, NULL); /* not every daemon does it by itself */
	g_main_loop_quit(a->loop);
}

static void
on_closed(NotifyNotification *n, gpointer user)
{
	(void)n;
	g_main_loop_quit(((struct asked *)user)->loop);
}

static gboolean
on_term(gpointer user)
{
	struct asked *a = user;

	notify_notification_close(a->n, NULL);
	g_main_loop_quit(a->loop);
	return G_SOURCE_REMOVE;
}

static bool
server_can(const char *what)
{
	GList *caps = notify_get_server_caps();
	bool found = g_list_find_custom(caps, what, (GCompareFunc)strcmp) != NULL;

	g_list_free_full(caps, g_free);
	return found;
}

static bool
show(NotifyNotification *n, const char *review, const char *deny)
{
	struct asked a = { NULL, n };
	bool ok, ask = review && server_can("actions");

	if (ask) {
		a.loop = g_main_loop_new(NULL, FALSE);
		notify_notification_add_action(n, "default", review, on_action, &a, NULL);
		notify_notification_add_action(n, "review", review, on_action, &a, NULL);
		notify_notification_add_action(n, "deny", deny, on_action, &a, NULL);
		notify_notification_set_urgency(n, NOTIFY_URGENCY_CRITICAL);
		g_signal_connect(n, "closed", G_CALLBACK(on_closed), &a);
		g_unix_signal_add(SIGTERM, on_term, &a);
	}
	ok = notify_notification_show(n, NULL);
	if (ok)
		say("shown");
	if (ok && ask)
		g_main_loop_run(a.loop);
	if (a.loop)
		g_main_loop_unref(a.loop);
	return ok;
}

int
desktop_notify(const char *review, const char *deny)
{
	char *text = desktop_stdin(DESKTOP_TEXT_MAX), *body = text ? strchr(text, '\n') : NULL;
	NotifyNotification *n;
	char *plain = NULL;
	bool ok;

	if (!text || !*text || !g_utf8_validate(text, -1, NULL)) {
		free(text);
		return 2;
	}
	if (body)
		*body++ = '\0';
	if (!notify_init("Homard")) {
		free(text);
		return 1;
	}
	/* Some daemons read markup in the body, others show every sign of it. */
	if (body && *body)
		plain = server_can("body-markup") ? g_markup_escape_text(body, -1) : g_strdup(body);
	n = notify_notification_new(text, plain, "homard");
	ok = show(n, review, deny);
	g_object_unref(n);
	notify_uninit();
	g_free(plain);
	free(text);
	return ok ? 0 : 1;
}
