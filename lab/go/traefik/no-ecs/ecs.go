// Package ecs stands where Traefik reads Amazon's container service: a site has none, and what that needs takes longer to build than all the rest.
package ecs

import (
	"errors"

	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	"github.com/traefik/traefik/v3/pkg/safe"
)

// ProviderName is what the provider is called in names and logs.
const ProviderName = "ecs"

// Provider knows no setting.
type Provider struct{}

// Init refuses to be one.
func (p *Provider) Init() error {
	return errors.New("this build does not read Amazon's container service")
}

// Provide gives nothing.
func (p *Provider) Provide(chan<- dynamic.Message, *safe.Pool) error {
	return nil
}
