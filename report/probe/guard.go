package probe

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Guard decides who is answered.
type Guard struct {
	Token string // that whoever asks must show; "": nobody need show any
	// Local says that only this very machine can ask. Then a request under a name that is not this machine's is refused: a
	// page in a browser here could otherwise ask under a name of its own that its DNS points at this machine.
	Local bool
}

// May says whether a request shows what has to be shown (Authorization: Bearer, RFC 6750 section 2.1).
func (g Guard) May(r *http.Request) bool {
	if g.Token == "" {
		return true
	}
	scheme, shown, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return false
	}
	// Hashed, so that the time it takes tells nothing of the token's length either.
	got, want := sha256.Sum256([]byte(strings.TrimSpace(shown))), sha256.Sum256([]byte(g.Token))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// Only lets through those who may.
func (g Guard) Only(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.May(r) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "Show the token of [metrics]: Authorization: Bearer TOKEN", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Here refuses requests under a name that an attacker's DNS could have given this machine, where that would let them in.
func (g Guard) Here(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.Local && g.Token == "" && !isHere(r.Host) {
			http.Error(w, "Ask by the address of this machine, such as 127.0.0.1.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isHere says whether a Host is an address, or the name that every machine has for itself.
func isHere(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return true
	}
	return strings.EqualFold(strings.TrimSuffix(host, "."), "localhost")
}
