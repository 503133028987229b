#!/usr/bin/env python3
"""mock_model.py PORTFILE BEHAVIOUR: a model on loopback for scenarios (openai-chat, streamed).

Writes its port to PORTFILE and serves until killed. BEHAVIOUR: `say` answers with a sentence,
`list` asks for a listing of ever new folders, `same` asks for one listing again and again,
`write` asks once to write note.txt and then says so, `silent` never answers, `rude` answers 401,
`remove` asks once for the command `rm -rf keep` and then tells what came of it; `dear-list` is
`list`, counted as 20,000 tokens in and 1,000 out each time."""
import http.server, json, os, sys, threading

behaviour = sys.argv[2]
turn = 0


def delta(d, finish=None):
    return "data: " + json.dumps({"id": "m", "object": "chat.completion.chunk", "model": "mock",
        "choices": [{"index": 0, "delta": d, "finish_reason": finish}]}) + "\n\n"


def call(name, args):
    return delta({"role": "assistant", "tool_calls": [{"index": 0, "id": f"call_{turn}",
        "type": "function", "function": {"name": name, "arguments": json.dumps(args)}}]}) + \
        delta({}, "tool_calls")


class Model(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        global turn
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        turn += 1
        if behaviour == "silent":
            threading.Event().wait()
        if behaviour == "rude":
            self.send_response(401)
            self.end_headers()
            self.wfile.write(b'{"error":{"message":"bad key"}}')
            return
        last = body["messages"][-1]
        if behaviour in ("list", "dear-list"):
            text = call("list", {"path": f"/etc/{turn}"})
        elif behaviour == "same":
            text = call("list", {"path": "."})
        elif behaviour == "write" and last["role"] != "tool":
            text = call("write", {"path": "note.txt", "content": "from the model\n"})
        elif behaviour == "remove" and last["role"] != "tool":
            text = call("shell", {"command": "rm -rf keep"})
        else:
            text = delta({"role": "assistant", "content": "All is told."}) + delta({}, "stop")
        if behaviour.startswith("dear"):
            text += "data: " + json.dumps({"id": "m", "choices": [], "usage": {
                "prompt_tokens": 20000, "completion_tokens": 1000}}) + "\n\n"
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write((text + "data: [DONE]\n\n").encode())

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
server.daemon_threads = True
with open(sys.argv[1] + ".new", "w") as f:
    f.write(str(server.server_port))
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
