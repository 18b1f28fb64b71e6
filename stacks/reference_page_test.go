package stacks

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/stacks/internal/strict"
)

// referenceIntroduction stands above the tables of docs/stack-file.md.
const referenceIntroduction = `# The stack file

One file per environment, ` + "`Pulumi.<stack>.yaml`" + `, describes what is deployed. Everything in it is checked before anything is created:
unknown keys, wrong types, values out of range and impossible combinations are all reported at once, each with its key and a remedy.
Editors that know YAML schemas complete and check the file as you type: its first line names [stack.schema.json](stack.schema.json).

## Three programs

| ` + "`program`" + ` | deploys | for |
|---|---|---|
| ` + "`all`" + ` (default) | cluster, webhook, vault and workloads, in one graph | one team, one environment |
| ` + "`platform`" + ` | cluster, webhook, vault | the platform team |
| ` + "`workloads`" + ` | workloads on the clusters of ` + "`platforms`" + `, by reference to their stacks | the teams; one stack may span several clusters |

In the sandbox the split is two commands, and two more to take it down:

    make up STACK=local-platform
    make up STACK=local-workloads
    make down STACK=local-workloads
    make down STACK=local-platform

A federation of a workloads stack is with every platform's cluster, unless it names one (` + "`platform`" + `) or an issuer of its own. When a
platform's cluster is replaced, the next ` + "`pulumi up`" + ` of the workloads follows: new issuer in the credentials, objects in the new cluster. What was in
the old cluster is forgotten, because it cannot be deleted any more; so is what a refresh or a destroy cannot reach, with a warning.
The objects in the old cluster went with it, and the Kubernetes provider cannot delete them once more: for that one update set
` + "`PULUMI_K8S_DELETE_UNREACHABLE=true`" + `, or it fails at its end and says so.

What protects a stack, and what to do after an accident, is on [its own page](operations.md).

## Keys

Every key is optional unless it says otherwise. The project's name, ` + "`aks-workload-identity:`" + `, stands before each top-level key.
`

// The reference of keys is made of the same structs and comments as the schema.
func TestReferencePageIsTheCodes(t *testing.T) {
	page := &referencePage{comments: readComments(t)}
	page.b.WriteString(referenceIntroduction)
	page.section("", reflect.TypeFor[Config]())
	for i := 0; i < len(page.queue); i++ {
		page.section(page.queue[i].title, page.queue[i].typ)
	}
	pulumitest.GoldenFile(t, "../docs/stack-file.md", page.b.String())
}

type referencePage struct {
	comments comments
	b        strings.Builder
	queue    []referenceSection
}

type referenceSection struct {
	title string
	typ   reflect.Type
}

// section writes a table of one struct's keys.
func (p *referencePage) section(title string, t reflect.Type) {
	if title != "" {
		fmt.Fprintf(&p.b, "\n### %s\n", title)
	}
	p.b.WriteString("\n| key | value | |\n|---|---|---|\n")
	fields := strict.Keys(t)
	for _, key := range sortedKeys(fields) {
		f := fields[key]
		text := strings.NewReplacer("|", "\\|", "<", "&lt;").Replace(p.comments.of(t, f.Index))
		fmt.Fprintf(&p.b, "| `%s` | %s | %s |\n", key, p.value(strings.TrimPrefix(title+"."+key, "."), f, t.FieldByIndex(f.Index).Type), text)
	}
}

// value describes in a word or two what a key takes, and queues the sections that it leads to.
func (p *referencePage) value(path string, f arguments.Field, t reflect.Type) string {
	if list := f.Enum; list != nil {
		if t.Kind() == reflect.Slice {
			return "list of " + strings.Join(list, ", ")
		}
		return strings.Join(list, ", ")
	}
	word := p.word(path, t)
	switch {
	case f.Min != nil && f.Max != nil:
		return fmt.Sprintf("%s, %d to %d", word, *f.Min, *f.Max)
	case f.Min != nil:
		return fmt.Sprintf("%s, %d or more", word, *f.Min)
	case f.Max != nil:
		return fmt.Sprintf("%s, at most %d", word, *f.Max)
	}
	return word
}

func (p *referencePage) word(path string, t reflect.Type) string {
	t = strict.Plain(t)
	switch t.Kind() {
	case reflect.Pointer:
		return p.word(path, t.Elem())
	case reflect.String:
		return "text"
	case reflect.Int:
		return "whole number"
	case reflect.Float64:
		return "number"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "list: " + p.word(path+"[]", t.Elem())
	case reflect.Map:
		return "by name: " + p.word(path+".NAME", t.Elem())
	case reflect.Struct:
		if i := slices.IndexFunc(p.queue, func(s referenceSection) bool { return s.typ == t }); i >= 0 {
			path = p.queue[i].title
		} else {
			p.queue = append(p.queue, referenceSection{title: path, typ: t})
		}
		return "see " + path
	default:
		return "anything"
	}
}
