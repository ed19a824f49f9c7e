// What Traefik lets others add to its configuration, with nothing added: its own module of that name is not served.
module github.com/traefik/traefik/dynamic/ext

go 1.26.0
