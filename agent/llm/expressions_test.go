package llm

import "testing"

// They are compiled when first wanted, so that a mistake would show late.
func TestExpressions_Compile(t *testing.T) {
	if err := expressions.Check(); err != nil {
		t.Error(err)
	}
}
