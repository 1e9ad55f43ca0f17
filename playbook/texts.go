package playbook

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
	"unicode/utf8"

	"followupd/playbook/gist"
	"followupd/playbook/prose"
	"followupd/playbook/rarely"
	"followupd/playbook/rules"
	"followupd/tracker"
)

//go:embed texts
var builtIn embed.FS

// texts are the texts of a follow-up, by language. A text is what stands between the greeting and the closing; it is
// built of parts, of which one of several wordings is taken each time.
type texts struct {
	base map[string]*rarely.Value[wording] // the built-in ones
	own  map[string]*wording               // languages in which the rep has texts: the built-in ones with the rep's laid over
}

// shipped gives the built-in texts, by language. All mailboxes share them, and a language is read when the first text in it
// is wanted: read at the start for each mailbox, they were 1.6 MB of each.
var shipped = shippedTexts()

func shippedTexts() map[string]*rarely.Value[wording] {
	all := make(map[string]*rarely.Value[wording])
	languages, err := builtIn.ReadDir("texts")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	for _, dir := range languages {
		lang := dir.Name()
		all[lang] = rarely.Made(func() *wording {
			t := &texts{own: map[string]*wording{lang: newWording()}}
			inside, err := fs.Sub(builtIn, "texts")
			if err != nil {
				panic(err)
			}
			if problems, err := t.read(inside, lang, unchecked); err != nil || len(problems) > 0 {
				panic(fmt.Sprintf("the built-in texts are broken: %v %v", problems, err)) // a test reads them all
			}
			return t.own[lang]
		})
	}
	return all
}

// expressions are those of this package.
var expressions rarely.Patterns

// Rest lets go of what only drafting needs, the built-in texts, the house rules and all regular expressions, for a process that has
// nothing to do for a while: 6 MiB. The next draft makes it anew, in some 40 ms.
func Rest() {
	for _, text := range shipped {
		text.Drop()
	}
	expressions.Drop()
	gist.Rest()
	prose.Rest()
	rules.Rest()
}

// wording is what there is in one language.
type wording struct {
	bodies map[string][]body   // by approach, and "asset" for all kinds of asset
	parts  *template.Template  // every wording of every part, "recap/asked" being one of "recap"
	names  map[string][]string // part → its wordings, in order
}

func newWording() *wording {
	return &wording{
		bodies: map[string][]body{}, names: map[string][]string{},
		parts: template.New("").Option("missingkey=error").Funcs(template.FuncMap(new(filling).funcs())),
	}
}

// clone gives a wording that may be added to; of nil, an empty one.
func (w *wording) clone() (*wording, error) {
	if w == nil {
		return newWording(), nil
	}
	parts, err := w.parts.Clone()
	if err != nil {
		return nil, err
	}
	c := &wording{bodies: make(map[string][]body), parts: parts, names: maps.Clone(w.names)}
	for approach, bodies := range w.bodies {
		c.bodies[approach] = slices.Clone(bodies)
	}
	return c, nil
}

// body is one text file.
type body struct {
	name      string // "en/recap-1"
	situation string // a situation or a kind of thread (put_off, excuses) or asset (newsletter): for this one only; "" any
	tmpl      *template.Template
}

// maxText bounds a text file, in bytes.
const maxText = 64 << 10

var textFile = expressions.New(`^([a-z]{2})/([a-z_]+)(?:\.([a-z_]+))?-[a-z0-9]+\.txt$`)

// in gives the texts in a language; nil where there are none.
func (t *texts) in(lang string) *wording {
	if w := t.own[lang]; w != nil {
		return w
	}
	if read := t.base[lang]; read != nil {
		return read.Get()
	}
	return nil
}

func (t *texts) speaks(lang string) bool {
	return (t.own[lang] != nil || t.base[lang] != nil) && calendars[lang].days != nil
}

// loadTexts lays the rep's texts over the built-in ones: a file of the same name takes the built-in's place, another is
// added. What does not parse, names a field that does not exist or breaks a house rule is reported, and the built-in stays.
func loadTexts(overrides fs.FS) (*texts, []Problem, error) {
	t := &texts{base: shipped, own: map[string]*wording{}}
	if overrides == nil {
		return t, nil, nil
	}
	problems, err := t.read(overrides, ".", (*wording).wrong)
	return t, problems, err
}

// check says what is wrong with a text, with its line; "" for nothing.
type check func(*wording, *template.Template) (line int, text string)

// unchecked is for texts that were checked before.
func unchecked(*wording, *template.Template) (int, string) { return 0, "" }

// read takes in the text files of a tree from root on, parts first.
func (t *texts) read(tree fs.FS, root string, wrong check) ([]Problem, error) {
	var problems []Problem
	var files []string
	err := fs.WalkDir(tree, root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && name == root:
			return err
		case err != nil:
			problems = append(problems, Problem{File: name, Text: "cannot be read: " + err.Error()})
		case name != root && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
		case !entry.IsDir() && path.Ext(name) == ".txt":
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	isParts := func(name string) bool { return path.Base(name) == "parts.txt" || path.Base(name) == "openings.txt" }
	slices.SortStableFunc(files, func(a, b string) int {
		switch {
		case isParts(a) && !isParts(b):
			return -1
		case isParts(b) && !isParts(a):
			return 1
		}
		return strings.Compare(a, b)
	})
	for _, name := range files {
		if problem := t.take(tree, name, isParts(name), wrong); problem != nil {
			problems = append(problems, *problem)
		}
	}
	return problems, nil
}

func (t *texts) take(tree fs.FS, name string, parts bool, wrong check) *Problem {
	fail := func(line int, text string) *Problem { return &Problem{File: name, Line: line, Text: text} }
	m := textFile.FindStringSubmatch(name)
	if parts {
		m = []string{"", path.Dir(name), "", ""}
	}
	switch {
	case m == nil || calendars[m[1]].days == nil:
		return fail(0, "is not named like a text: en/recap-1.txt (language, approach, number), en/parts.txt or en/openings.txt; languages are en, de, fr, es, nl, sv")
	case !parts && m[2] != assetFor && !slices.Contains(Approaches(), m[2]):
		return fail(0, fmt.Sprintf("%q is no approach: one of %s, or %s for every kind of asset", m[2], strings.Join(Approaches(), ", "), assetFor))
	}
	if m[3] != "" && orders[tracker.Situation(m[3])] == nil && m[3] != delayed && m[3] != excuses && m[3] != newsletter {
		return fail(0, fmt.Sprintf("%q is no situation: cold_email, proposal, meeting, voicemail, conference, was_keen, general, put_off, excuses or newsletter", m[3]))
	}
	source, err := readText(tree, name)
	if err != nil {
		return fail(0, err.Error())
	}
	lang := m[1]
	w := t.own[lang]
	if w == nil {
		if w, err = t.in(lang).clone(); err != nil {
			return fail(0, err.Error())
		}
		t.own[lang] = w
	}
	if parts {
		return w.takeParts(name, source)
	}
	tmpl, err := template.New(name).Option("missingkey=error").Funcs(template.FuncMap(new(filling).funcs())).Parse(source)
	if err != nil {
		return fail(templateLine(err), templateText(err))
	}
	if line, text := wrong(w, tmpl); text != "" {
		return fail(line, text)
	}
	b := body{name: strings.TrimSuffix(name, ".txt"), situation: m[3], tmpl: tmpl}
	for i, old := range w.bodies[m[2]] {
		if old.name == b.name {
			w.bodies[m[2]][i] = b
			return nil
		}
	}
	w.bodies[m[2]] = append(w.bodies[m[2]], b)
	return nil
}

// takeParts takes in a file of {{define "part/wording"}} blocks: one of a known name replaces it, another is added.
func (w *wording) takeParts(name, source string) *Problem {
	trees, err := parse.Parse(name, source, "", "", new(filling).funcs(), builtins())
	if err != nil {
		return &Problem{File: name, Line: templateLine(err), Text: templateText(err)}
	}
	next, err := w.parts.Clone()
	if err != nil {
		return &Problem{File: name, Text: err.Error()}
	}
	names := map[string][]string{}
	for part, wordings := range w.names {
		names[part] = slices.Clone(wordings)
	}
	for _, full := range slices.Sorted(mapKeys(trees)) {
		if full == name {
			continue // what stands between the blocks
		}
		part, _, ok := strings.Cut(full, "/")
		if !ok {
			return &Problem{File: name, Text: fmt.Sprintf(`%q is no name of a part: write {{define "recap/mine"}}`, full)}
		}
		if _, err := next.AddParseTree(full, trees[full]); err != nil {
			return &Problem{File: name, Text: err.Error()}
		}
		if line, text := wrongFields(trees[full].Root); text != "" {
			return &Problem{File: name, Line: line, Text: text}
		}
		if !slices.Contains(names[part], full) {
			names[part] = append(names[part], full)
		}
	}
	w.parts, w.names = next, names
	return nil
}

func builtins() map[string]any {
	m := map[string]any{}
	for _, f := range []string{"and", "or", "not", "len", "index", "print", "printf", "println", "eq", "ne", "lt", "le", "gt", "ge", "slice", "html", "js", "urlquery", "call"} {
		m[f] = true
	}
	return m
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func readText(tree fs.FS, name string) (string, error) {
	f, err := tree.Open(name)
	if err != nil {
		return "", fmt.Errorf("cannot be read: %w", err)
	}
	defer f.Close()
	source, err := io.ReadAll(io.LimitReader(f, maxText+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("cannot be read: %w", err)
	case len(source) > maxText:
		return "", fmt.Errorf("is larger than %d KiB", maxText>>10)
	case !utf8.Valid(source) || strings.ContainsRune(string(source), 0):
		return "", errors.New("is not text in UTF-8")
	}
	return strings.ReplaceAll(strings.TrimPrefix(string(source), "\ufeff"), "\r\n", "\n"), nil
}

// wrong says what is wrong with a text, with its line: a field or a part that does not exist, words that break a rule.
func (w *wording) wrong(tmpl *template.Template) (int, string) {
	line, text := 0, ""
	walk(tmpl.Root, func(n parse.Node) {
		if text != "" {
			return
		}
		if t, ok := n.(*parse.TextNode); ok {
			if bad := rules.Phrases(string(t.Text)); len(bad) > 0 {
				line, text = nodeLine(tmpl.Tree, n)+bad[0].Line-1, fmt.Sprintf("says %q, which no follow-up may say (%s): %s", bad[0].Where, bad[0].Rule, bad[0].Say)
			}
		}
		if _, ok := n.(*parse.TemplateNode); ok {
			line, text = nodeLine(tmpl.Tree, n), `{{template}} does not reach the parts: write {{part "recap"}}`
		}
		if c, ok := n.(*parse.CommandNode); ok && len(c.Args) == 2 {
			id, isCall := c.Args[0].(*parse.IdentifierNode)
			arg, isWord := c.Args[1].(*parse.StringNode)
			if isCall && isWord && id.Ident == "part" && !w.has(arg.Text) {
				line, text = nodeLine(tmpl.Tree, n), fmt.Sprintf("there is no part %q", arg.Text)
			}
		}
	})
	if text != "" {
		return line, text
	}
	return wrongFields(tmpl.Root)
}

// has says whether a part exists, for any approach or situation.
func (w *wording) has(part string) bool {
	for name := range w.names {
		if name == part || strings.HasPrefix(name, part+".") {
			return true
		}
	}
	return false
}

// wrongFields finds a field that no text knows, after a dot or named to has, needs or lacks.
func wrongFields(root parse.Node) (line int, text string) {
	report := func(n parse.Node, name string) {
		if text == "" && !slices.Contains(fields, name) {
			line, text = nodeLine(nil, n), fmt.Sprintf("there is no field .%s: one of .%s", name, strings.Join(fields, ", ."))
		}
	}
	walk(root, func(n parse.Node) {
		switch n := n.(type) {
		case *parse.FieldNode:
			report(n, strings.Join(n.Ident, "."))
		case *parse.CommandNode:
			id, isCall := n.Args[0].(*parse.IdentifierNode)
			if !isCall || id.Ident != "has" && id.Ident != "needs" && id.Ident != "lacks" {
				return
			}
			for _, arg := range n.Args[1:] {
				if name, isWord := arg.(*parse.StringNode); isWord {
					report(n, name.Text)
				}
			}
		}
	})
	return line, text
}

// walk visits every node below n.
func walk(n parse.Node, visit func(parse.Node)) {
	if n == nil {
		return
	}
	visit(n)
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, c := range n.Nodes {
			walk(c, visit)
		}
	case *parse.ActionNode:
		walk(n.Pipe, visit)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, c := range n.Cmds {
			walk(c, visit)
		}
	case *parse.CommandNode:
		for _, a := range n.Args {
			walk(a, visit)
		}
	case *parse.IfNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.RangeNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.WithNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.TemplateNode:
		walk(n.Pipe, visit)
	}
}

func walkBranch(n *parse.BranchNode, visit func(parse.Node)) {
	walk(n.Pipe, visit)
	walk(n.List, visit)
	if n.ElseList != nil {
		walk(n.ElseList, visit)
	}
}

// nodeLine gives the line of a node in its file.
func nodeLine(tree *parse.Tree, n parse.Node) int {
	if tree == nil {
		tree = new(parse.Tree)
	}
	location, _ := tree.ErrorContext(n) // "name:line:column"
	parts := strings.Split(location, ":")
	if len(parts) < 2 {
		return 0
	}
	line, err := strconv.Atoi(parts[len(parts)-2])
	if err != nil {
		return 0
	}
	return line
}

// templateError is how text/template spells a mistake: "template: NAME:LINE: what", with a column at times.
var templateError = expressions.New(`^template: [^:]*:(\d+):(?:\d+:)? ?(.*)$`)

func templateLine(err error) int {
	if m := templateError.FindStringSubmatch(err.Error()); m != nil {
		line, _ := strconv.Atoi(m[1])
		return line
	}
	return 0
}

func templateText(err error) string {
	if m := templateError.FindStringSubmatch(err.Error()); m != nil {
		return m[2]
	}
	return err.Error()
}

// filling makes texts for one step: the data, the luck, and the parts that the text at hand took.
type filling struct {
	words    *wording
	parts    *template.Template // of words, bound to this filling
	data     map[string]any
	kinds    []string // what parts are looked for first: "ask.proposal" before "ask"
	rng      *rand.Rand
	familiar bool
	took     []string
}

var errMissing = errors.New("the thread does not hold what this wording needs")

// funcs are what a text may call.
func (f *filling) funcs() map[string]any {
	return map[string]any{
		// part gives one wording of a part. Those of the approach at hand, of an answered thread, of a later step and of the
		// situation come before the general ones; those that need something the thread does not hold are passed over.
		"part": f.part,
		// needs passes a wording over where a field is empty.
		"needs": func(names ...string) (string, error) {
			for _, name := range names {
				if _, has := f.data[name]; !has {
					return "", errMissing
				}
			}
			return "", nil
		},
		// lacks passes a wording over where a field is there.
		"lacks": func(names ...string) (string, error) {
			for _, name := range names {
				if _, has := f.data[name]; has {
					return "", errMissing
				}
			}
			return "", nil
		},
		// has says whether a field is there.
		"has": func(name string) bool { _, has := f.data[name]; return has },
		// you takes the formal or the familiar word.
		"you": func(formal, familiar string) string {
			if f.familiar {
				return familiar
			}
			return formal
		},
		"capital": capital,
		"small": func(s string) string {
			if first, _, _ := strings.Cut(s, " "); first == "I" {
				return s
			}
			mark := ""
			if rest, ok := strings.CutPrefix(s, "¿"); ok {
				mark, s = "¿", rest
			}
			r, n := utf8.DecodeRuneInString(s)
			return mark + strings.ToLower(string(r)) + s[n:]
		},
	}
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(r)) + s[n:]
}

func (f *filling) part(name string) (string, error) {
	var order []string
	kinds := append(slices.Clone(f.kinds), "")
	// Half of the time the wordings for the situation, named last, stand among the general ones: there are few of them.
	if n := len(kinds); n > 1 && name != "recap" && f.rng.IntN(2) == 0 {
		kinds[n-2], kinds[n-1] = "", kinds[n-2]
	}
	for _, kind := range kinds {
		key := name
		if kind != "" {
			key += "." + kind
		}
		wordings := slices.Clone(f.words.names[key])
		f.rng.Shuffle(len(wordings), func(i, j int) { wordings[i], wordings[j] = wordings[j], wordings[i] })
		order = append(order, wordings...)
	}
	for _, w := range order {
		if slices.Contains(f.took, w) {
			continue
		}
		before := len(f.took)
		f.took = append(f.took, w)
		var b strings.Builder
		if err := f.parts.Lookup(w).Execute(&b, f.data); err == nil {
			return strings.TrimSpace(b.String()), nil
		}
		f.took = f.took[:before]
	}
	return "", errMissing
}

// fill gives the text of a body, or an error where the thread does not hold what it needs.
func (f *filling) fill(tmpl *template.Template) (string, error) {
	f.took = nil
	var out strings.Builder
	if err := tmpl.Execute(&out, f.data); err != nil {
		return "", err
	}
	return tidy(out.String()), nil
}

// bind gives copies of bodies and of the parts whose functions are those of this filling; the loaded ones stay as they are.
func (f *filling) bind(bodies []body) ([]*template.Template, error) {
	funcs := template.FuncMap(f.funcs())
	parts, err := f.words.parts.Clone()
	if err != nil {
		return nil, err
	}
	f.parts = parts.Funcs(funcs)
	var out []*template.Template
	for _, b := range bodies {
		tmpl, err := b.tmpl.Clone()
		if err != nil {
			return nil, err
		}
		out = append(out, tmpl.Funcs(funcs))
	}
	return out, nil
}

var (
	manyBreaks = expressions.New(`\n[ \t]*(?:\n[ \t]*)+`)
	manyBlanks = expressions.New(`[ \t]{2,}`)
)

// tidy leaves one empty line between paragraphs and one blank between words.
func tidy(s string) string {
	s = manyBlanks.ReplaceAllString(s, " ")
	s = manyBreaks.ReplaceAllString(strings.TrimSpace(s), "\n\n")
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "\n")
}
