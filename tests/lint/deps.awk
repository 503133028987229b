# The walls between the rooms: who may include what. Arguments: all .c and .h files.
# Prints file:line: sentence for each break, exits 1 when there is one.
BEGIN {
	# Own room always; "agent/base" always.
	split("store draft net", low)
	allow("store", ""); allow("draft", ""); allow("net", "")
	allow("llm", "store draft net"); allow("skill", "store draft net"); allow("tools", "store draft net")
	allow("core", "store draft net llm skill tools")
	allow("cli", "store draft net llm skill tools core")
	allow("tui", "store draft net llm skill tools core cli")

	# System headers and where they may stand (regular expressions).
	wall("^(n?curses|term|termcap|panel|form|menu)(w)?(/.*)?\\.h$|^ncurses", "^tui/")
	wall("^curl/", "^agent/(net|helpers)/")
	wall("^sqlite3", "^agent/store/")
	wall("^(glib|gio|gobject|glib-object)|^libnotify/|^libsecret/|^gmime|^libxml/|^libexif/|^archive|^magic", "^agent/helpers/")
	wall("^seccomp", "^agent/helpers/")
	wall("^yaml\\.h$", "^agent/base/")
	wall("^utf8proc", "^agent/base/|^agent/store/|^tui/")
	wall("^cjson/", "^agent/")
	wall("^openssl/", "^agent/(base|net|helpers)/")
	wall("^md4c", "^tui/")
	wall("^uv\\.h$", "^(agent/(base|store|draft|net|llm|skill|tools|core|cli)|tui)/")
}
function allow(room, list,   v, n, i) {
	n = split(list, v, " ")
	for (i = 1; i <= n; i++)
		ok[room, v[i]] = 1
	known[room] = 1
}
function wall(header, place) {
	walls++
	header_re[walls] = header
	place_re[walls] = place
}
function room_of(path,   v) {
	split(path, v, "/")
	return v[1] == "agent" ? v[2] : v[1]
}
function bad(what) {
	print FILENAME ":" FNR ": " what
	failed = 1
}
FNR == 1 { room = room_of(FILENAME); curses_here = 0 }
FNR == 601 { bad("longer than 600 lines; split it") }
/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, q, "\"")
	inc = q[2]
	if (room == "tests")
		next
	if (inc !~ /^(agent|tui)\//) { bad("include \"" inc "\" from the root of the repository"); next }
	to = room_of(inc)
	if (room == "helpers") {
		split(FILENAME, mine, "/"); split(inc, its, "/")
		if (to != "base" && !(to == "helpers" && mine[3] == its[3]))
			bad("a helper includes only agent/base and itself, not " inc)
	} else if (to != room && to != "base" && !((room, to) in ok))
		bad(room " must not include " to " (" inc ")")
	next
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	split($0, q, /[<>]/)
	inc = q[2]
	if (room == "tests")
		next
	for (i = 1; i <= walls; i++)
		if (inc ~ header_re[i] && FILENAME !~ place_re[i])
			bad("<" inc "> has its own room; it must not be included here")
	if (inc ~ header_re[1] && !curses_here) {
		curses_here = 1
		if (++curses > 3)
			bad("a fourth file with <" inc ">; the terminal belongs to three at most")
	}
}
END { exit failed }
