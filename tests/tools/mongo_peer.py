"""A MongoDB server for the tests, on a free port, in memory; gone when its standard input is closed.

    mongo_peer.py                 prints its URL
    mongo_peer.py --auth FOLDER   asks for a login: user and password are the first two lines of its input
"""

import sys

from secantus import SecantusDBServer


def serve(folder, auth):
    server = SecantusDBServer(
        port=0, storage_path=folder, require_auth=auth, ttl_sweep_seconds=1.0
    )
    server.start()
    return server


def add_user(folder, user, password):
    from pymongo import MongoClient

    server = serve(folder, auth=False)
    client = MongoClient(server.uri, directConnection=True)
    client["admin"].command(
        "createUser", user, pwd=password, roles=["root"], mechanisms=["SCRAM-SHA-256"]
    )
    client.close()
    server.stop()


if len(sys.argv) > 1:
    folder = sys.argv[2]
    add_user(folder, sys.stdin.readline().strip(), sys.stdin.readline().strip())
    server = serve(folder, auth=True)
else:
    server = serve(":memory:", auth=False)
print(server.uri, flush=True)
sys.stdin.read()
server.stop()
