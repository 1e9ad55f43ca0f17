package scrape

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const fine = `# HELP a_total What a does.
# TYPE a_total counter
a_total{y="2",x="a \"b\" \\ \n, c"} 3
a_total 0.5
# HELP h How long.
# TYPE h histogram
h_bucket{le="+Inf"} 1
h_sum 2
h_count 1
`

func TestParse_ReadsWhatIsRight(t *testing.T) {
	m, err := Parse(strings.NewReader(fine))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{`a_total{x="a \"b\" \\ \n, c",y="2"}`: 3, "a_total": 0.5, `h_bucket{le="+Inf"}`: 1, "h_sum": 2, "h_count": 1}
	if d := cmp.Diff(maps.Collect(m.All()), want); d != "" || m.Kind("h") != "histogram" {
		t.Errorf("h is a %s; got (-), want (+):\n%s", m.Kind("h"), d)
	}
}

func TestParse_RefusesWhatPrometheusMayTakeWrong(t *testing.T) {
	for what, text := range map[string]string{
		"a series twice":               fine + "h_count 1\n",
		"a metric in two places":       fine + "a_total{z=\"1\"} 1\n",
		"a second TYPE":                fine + "# HELP h x\n# TYPE h gauge\n",
		"TYPE without HELP":            "# TYPE a gauge\na 1\n",
		"a counter without _total":     "# HELP a x\n# TYPE a counter\na 1\n",
		"a gauge with _total":          "# HELP a_total x\n# TYPE a_total gauge\na_total 1\n",
		"a label without an end":       "a{b=\"1} 1\n",
		"an escape that there is not":  "a{b=\"\\t\"} 1\n",
		"no number":                    "a one\n",
		"a timestamp":                  "a 1 1900000000000\n",
		"a name that Prometheus lacks": "a-b 1\n",
		"an empty line":                "\n",
	} {
		if m, err := Parse(strings.NewReader(text)); err == nil {
			t.Errorf("%s is read as %v", what, m)
		}
	}
}
