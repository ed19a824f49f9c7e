package auth

import "net/http"

// RequireAuthStale asks for a login again. Traefik's own copy of this module, which is not served, says beside that it was only late.
func (da *DigestAuth) RequireAuthStale(w http.ResponseWriter, r *http.Request) {
	da.RequireAuth(w, r)
}
