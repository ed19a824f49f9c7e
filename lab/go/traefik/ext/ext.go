// Package ext has the settings that Traefik embeds in its own for products that are built on it. Traefik has none of them.
package ext

// HTTP is what is added to the configuration of all HTTP routing.
type HTTP struct{}

// Router is what is added to the configuration of one router.
type Router struct{}
