"""A mirror on loopback that misbehaves: under /cut it sends half of each file, under /wrong the content of another,
and under /gone it finds no file; under /good it sends what is asked for. It serves the files of FOLDER and writes its
port to PORT_FILE. Usage: mirror.py FOLDER PORT_FILE"""
import http.server
import os
import sys

folder, port_file = sys.argv[1:]


class Mirror(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        _, kind, name = self.path.split("/", 2)
        path = os.path.join(folder, os.path.basename(name))
        if kind == "gone" or not os.path.exists(path):
            return self.send_error(404)
        if kind == "wrong":
            path = os.path.join(folder, "t10k-labels-idx1-ubyte.gz" if "images" in name else "t10k-images-idx3-ubyte.gz")
        with open(path, "rb") as file:
            content = file.read()
        if kind == "cut":
            content = content[: len(content) // 2]
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Mirror)
with open(port_file + ".new", "w") as file:
    file.write(str(server.server_port))
os.rename(port_file + ".new", port_file)
server.serve_forever()
