package conformance

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed cases/*.yaml
var files embed.FS

// Evidence is the kind of a source, the best first.
type Evidence string

// The kinds of sources: a recorded answer, the source code of the real provider, a specification or
// a page of documentation, and a report by a user.
const (
	Recorded   Evidence = "recorded"
	SourceCode Evidence = "source code"
	Documented Evidence = "documented"
	Reported   Evidence = "reported"
)

// Source says where the facts of a file come from.
type Source struct {
	Evidence   Evidence `yaml:"evidence"`
	Repository string   `yaml:"repository"` // owner/name, or an address of documentation
	Path       string   `yaml:"path"`
	Date       string   `yaml:"date"`    // of the recording or the commit, as year-month-day
	Version    string   `yaml:"version"` // of the provider or the API
}

// File is one file of cases that share a source.
type File struct {
	Name   string `yaml:"-"`
	Title  string `yaml:"title"`
	Source Source `yaml:"source"`
	Cases  []Case `yaml:"cases"`
}

// Case is a sequence of requests to a new sandbox, with the real answers.
type Case struct {
	Name string `yaml:"name"`
	// Location is the setting azure-native:location of the real run.
	Location string `yaml:"location"`
	Steps    []Step `yaml:"steps"`
	// Differs lists the fields that the sandbox answers differently, with the reason. A field in
	// this list that agrees is a failure: the list must not be longer than the truth.
	Differs []Difference `yaml:"differs"`
	// Source is a more precise source than that of the file, such as a function.
	Source string `yaml:"source"`
}

// Difference excuses one field. Path is that of the report, such as "cluster.outputs.fqdn"; a path
// that ends with an asterisk excuses everything that begins with it.
type Difference struct {
	Path   string `yaml:"path"`
	Reason string `yaml:"reason"`
}

// Step is one request. Texts may contain ${variables}: subscription, tenant, client and object (of
// the login), and for an earlier resource NAME.id, NAME.inputs.PATH and NAME.outputs.PATH.
type Step struct {
	// Do is the request: to a provider check, diff, preview, create, update, read, import, delete
	// or invoke, or http to a host of Azure.
	Do string `yaml:"do"`
	// Name is the resource's name in the URN; it may be left out if there is one resource.
	Name string `yaml:"name"`
	// Type is the token of the resource or function; it may be left out for a known resource.
	Type string `yaml:"type"`
	// Inputs are the program's inputs. The requests preview, create and update check them first, as
	// the engine does.
	Inputs map[string]any `yaml:"inputs"`
	// OldInputs and State replace those of the resource, for facts about a difference alone. Both
	// make a check of the inputs unnecessary.
	OldInputs map[string]any `yaml:"oldInputs"`
	State     map[string]any `yaml:"state"`
	ID        string         `yaml:"id"`
	// HTTP is the request of the step http.
	HTTP *Request `yaml:"http"`
	Want Answer   `yaml:"want"`
}

// Request is an HTTP request to Azure, authenticated as the deployer unless it has its own
// Authorization header.
type Request struct {
	Method  string            `yaml:"method"`
	URL     string            `yaml:"url"`
	Headers map[string]string `yaml:"headers"`
	Body    any               `yaml:"body"`
}

// Answer is the real answer. Fields that are not given are not compared; what is given is compared
// completely. Values can be matchers (see match).
type Answer struct {
	ID       string         `yaml:"id"`
	Inputs   map[string]any `yaml:"inputs"`
	Outputs  map[string]any `yaml:"outputs"`
	Failures []string       `yaml:"failures"` // reasons of a check, sorted
	Error    string         `yaml:"error"`    // a part of the error's text
	Gone     bool           `yaml:"gone"`     // a read found nothing
	// Detailed maps the changed paths of a difference to their kinds: add, delete, update, with
	// " replace". Empty but present: no difference.
	Detailed    map[string]string `yaml:"detailed"`
	Changes     string            `yaml:"changes"` // none or some
	Replaces    []string          `yaml:"replaces"`
	DeleteFirst *bool             `yaml:"deleteBeforeReplace"`

	Status  int               `yaml:"status"`
	Headers map[string]string `yaml:"headers"`
	Body    any               `yaml:"body"`
	// Has lists fields of the body or the outputs that are compared alone.
	Has map[string]any `yaml:"has"`
}

// Load returns all files of cases, sorted by name. The error has all problems of all files.
func Load() ([]File, error) {
	names, err := fs.Glob(files, "cases/*.yaml")
	if err != nil {
		return nil, err
	}
	var out []File
	var problems []error
	for _, name := range names {
		f, err := load(name)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", path.Base(name), err))
			continue
		}
		out = append(out, f)
	}
	return out, errors.Join(problems...)
}

func load(name string) (File, error) {
	text, err := files.ReadFile(name)
	if err != nil {
		return File{}, err
	}
	f := File{Name: strings.TrimSuffix(path.Base(name), ".yaml")}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&f); err != nil {
		return File{}, err
	}
	return f, f.check()
}

var verbs = []string{"check", "diff", "preview", "create", "update", "read", "import", "delete", "invoke", "http"}

// check reports what is missing in a file.
func (f File) check() error {
	var problems []error
	if !slices.Contains([]Evidence{Recorded, SourceCode, Documented, Reported}, f.Source.Evidence) {
		problems = append(problems, fmt.Errorf("source.evidence is %q", f.Source.Evidence))
	}
	s := f.Source
	if f.Title == "" || s.Repository == "" || s.Path == "" || s.Date == "" || s.Version == "" {
		problems = append(problems, errors.New("title, or a field of source, is missing"))
	}
	seen := map[string]bool{}
	for _, c := range f.Cases {
		if c.Name == "" || seen[c.Name] || len(c.Steps) == 0 {
			problems = append(problems, fmt.Errorf("case %q: the name must be unique, and steps given", c.Name))
		}
		seen[c.Name] = true
		for i, step := range c.Steps {
			if !slices.Contains(verbs, step.Do) || (step.Do == "http") != (step.HTTP != nil) {
				problems = append(problems, fmt.Errorf("case %q, step %d: do is %q", c.Name, i+1, step.Do))
			}
		}
		for _, d := range c.Differs {
			if d.Path == "" || d.Reason == "" {
				problems = append(problems, fmt.Errorf("case %q: a difference without path or reason", c.Name))
			}
		}
	}
	return errors.Join(problems...)
}
