// Package samples holds a starter library: the assets of Acme, a fictional maker of freight software. The demo uses it,
// and a rep can copy it as a pattern for their own.
package samples

import "embed"

// Library is a folder of assets as the config key content.library names one.
//
//go:embed *.md
var Library embed.FS
