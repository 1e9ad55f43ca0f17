package main

import (
	"context"
	"net/url"
	"strings"

	"followupd/config"
)

// checkBeside is what check says of what stands beside the mailbox: who asks followupd, and whom it tells.
type checkBeside struct {
	Signals checkSignals `json:"signals"`
	Webhook checkWebhook `json:"webhook"`
	Metrics checkMetrics `json:"metrics"`
}

type checkSignals struct {
	On      bool   `json:"on"` // drafts bear links of their own
	Listen  string `json:"listen"`
	BaseURL string `json:"base_url"`
}

type checkWebhook struct {
	On   bool   `json:"on"`
	Host string `json:"host"` // whom it tells; the rest of the address may be a secret
}

type checkMetrics struct {
	On     bool   `json:"on"`
	Listen string `json:"listen"`
	Token  bool   `json:"token"` // whoever asks must show one
}

func checkedBeside(cfg config.Config) checkBeside {
	c := checkBeside{
		Signals: checkSignals{On: cfg.Signals.On(), Listen: cfg.Signals.Listen, BaseURL: strings.TrimRight(cfg.Signals.BaseURL, "/")},
		Webhook: checkWebhook{On: cfg.Webhook.On()},
		Metrics: checkMetrics{On: cfg.Metrics.On(), Listen: cfg.Metrics.Listen},
	}
	if u, err := url.Parse(cfg.Webhook.URL); err == nil {
		c.Webhook.Host = u.Host
	}
	return c
}

// secrets asks for the secrets that these want, as the daemon will.
func (c *checkBeside) secrets(ctx context.Context, cfg config.Config) error {
	if c.Webhook.On {
		if _, err := cfg.Webhook.Secret(ctx); err != nil {
			return err
		}
	}
	if c.Metrics.On {
		token, err := cfg.Metrics.Token(ctx)
		if err != nil {
			return err
		}
		c.Metrics.Token = token.Reveal() != ""
	}
	return nil
}

// who says who is answered.
func (m checkMetrics) who(cfg config.Config) string {
	switch {
	case m.Token:
		return "to whoever shows the token"
	case cfg.Metrics.Local():
		return "to this machine"
	}
	return "to everybody who reaches it"
}
