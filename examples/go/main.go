// An application whose routes are for people with a regstack session, verified with the published keys, or by asking.
package main

import (
	"encoding/json"
	"log"
	"net"
	"net/http"
	"os"

	"example.com/shop/regstack"
)

func orders(w http.ResponseWriter, r *http.Request, session regstack.Session) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]string{"orders_of": session.Account})
}

func main() {
	server := setting("REGSTACK_URL", "http://127.0.0.1:8000")
	audience := setting("REGSTACK_AUDIENCE", "") // your jwt_audience, if you set one

	sessions := regstack.Verify(server, audience)
	if key := setting("REGSTACK_SERVICE_KEY", ""); key != "" {
		sessions = regstack.Introspect(server, key) // sees a logout at once
	}
	http.Handle("/orders", sessions.Protect(orders))

	listener, err := net.Listen("tcp", "127.0.0.1:"+setting("PORT", "3000"))
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listening on http://%s", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
