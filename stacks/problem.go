package stacks

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// Problem is one thing that is wrong with a stack's configuration.
type Problem struct {
	// Key is the full path of the offending value, as `pulumi config set --path` takes it, for example
	// `aks-workload-identity:workloads.quick-start.serviceAccount.name`.
	Key string
	// Message says what is wrong, without a full stop.
	Message string
	// Remedy says what to do about it, without a full stop.
	Remedy string
}

// String renders the problem as one line without the file.
func (p Problem) String() string {
	return p.Key + ": " + p.Message + "; " + p.Remedy
}

// ConfigError reports every problem of a stack's configuration at once. When [Run] returns one, no resource has been
// registered.
type ConfigError struct {
	// File is the stack's configuration file, for example `Pulumi.local.yaml`.
	File string
	// Problems are sorted by key and never empty.
	Problems []Problem
}

// Error lists all problems, one a line, each with file, key, message and remedy.
func (e *ConfigError) Error() string {
	var b strings.Builder
	noun := "problems"
	if len(e.Problems) == 1 {
		noun = "problem"
	}
	fmt.Fprintf(&b, "the configuration in %s has %d %s; nothing was deployed:", e.File, len(e.Problems), noun)
	for _, p := range e.Problems {
		fmt.Fprintf(&b, "\n  - %s: %s", e.File, p)
	}
	return b.String()
}

// problems collects what is wrong; its zero value is ready.
type problems struct {
	list []Problem
	// noValue holds the paths of values that could not be read at all.
	noValue []keyPath
}

// add records a problem, unless the value at that path, or one around it, could not be read: what validation says about
// the default that stands in for it would only mislead.
func (p *problems) add(at keyPath, message, remedy string) {
	for _, n := range p.noValue {
		if n.contains(at) {
			return
		}
	}
	p.list = append(p.list, Problem{Key: at.String(), Message: message, Remedy: remedy})
}

// unreadable records a value that is of the wrong type.
func (p *problems) unreadable(at keyPath, message, remedy string) {
	p.add(at, message, remedy)
	p.noValue = append(p.noValue, at)
}

// err returns nil when nothing is wrong. The order is by key, so that the same file always gives the same text.
func (p *problems) err(file string) error {
	if len(p.list) == 0 {
		return nil
	}
	sort.SliceStable(p.list, func(i, j int) bool { return p.list[i].Key < p.list[j].Key })
	return &ConfigError{File: file, Problems: p.list}
}

// keyPath names a value in the stack file. Paths are values: key and index return longer copies.
type keyPath struct {
	text string
}

// rootKey is the path of a top-level key: namespace and name.
func rootKey(namespace, name string) keyPath {
	return keyPath{text: namespace + ":" + name}
}

// key descends into a mapping. Names that would be read as two steps are quoted as Pulumi's property paths want it.
func (k keyPath) key(name string) keyPath {
	if name == "" || strings.ContainsAny(name, ".[]\"\\ \n\t") {
		return keyPath{text: k.text + "[" + strconv.Quote(name) + "]"}
	}
	return keyPath{text: k.text + "." + name}
}

// index descends into a list.
func (k keyPath) index(i int) keyPath {
	return keyPath{text: k.text + "[" + strconv.Itoa(i) + "]"}
}

// path descends along a component's property path, such as nodePools[0].labels["a.b/c"].
func (k keyPath) path(path string) keyPath {
	for path != "" {
		if quoted, err := strconv.QuotedPrefix(strings.TrimPrefix(path, "[")); err == nil && path[0] == '[' {
			name, _ := strconv.Unquote(quoted)
			k, path = k.key(name), strings.TrimPrefix(path[1+len(quoted):], "]")
			continue
		}
		if end := strings.IndexByte(path, ']') + 1; path[0] == '[' && end > 0 {
			k, path = keyPath{text: k.text + path[:end]}, path[end:]
			continue
		}
		path = strings.TrimPrefix(path, ".")
		end := strings.IndexAny(path, ".[")
		if end <= 0 {
			end = len(path)
		}
		k, path = k.key(path[:end]), path[end:]
	}
	return k
}

// contains reports whether other is k itself or below it.
func (k keyPath) contains(other keyPath) bool {
	rest, ok := strings.CutPrefix(other.text, k.text)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// String is the path as `pulumi config set --path` takes it.
func (k keyPath) String() string { return k.text }

// local is the path without its namespace, as it is written in a remedy's command line.
func (k keyPath) local() string {
	_, rest, _ := strings.Cut(k.text, ":")
	return rest
}
