// Package stackfile reads the configuration of a Pulumi stack from its file, without Pulumi and
// without the program: so it works before anything is installed, built or decrypted.
package stackfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

// File is the configuration of one stack.
type File struct {
	// Path of the file.
	Path string
	// Project is the name in Pulumi.yaml, the namespace of the program's own keys.
	Project string
	// Stack is the stack's name without organisation and project.
	Stack string
	// SecretsProvider is the stack's secrets provider, such as azurekeyvault://…; "" stands for the
	// backend's own, or for a passphrase.
	SecretsProvider string
	// Passphrase reports that the stack's secrets are encrypted with a passphrase.
	Passphrase bool
	// Backend is backend.url of Pulumi.yaml; "" if it has none.
	Backend string
	// Program is the runtime's folder, that of Pulumi.yaml.
	Program string

	values    map[string]any
	encrypted map[string]bool
}

// Source tells which stack to read.
type Source struct {
	// Folder of the Pulumi program, or one below it; "" is the current one.
	Folder string
	// Stack is the stack's name: dev, project/dev or organisation/project/dev.
	Stack string
	// ConfigFile replaces the stack's file, as --config-file of pulumi does.
	ConfigFile string
}

type project struct {
	Name           string `json:"name"`
	StackConfigDir string `json:"stackConfigDir"`
	Config         any    `json:"config"` // older projects name the folder here
	Backend        struct {
		URL string `json:"url"`
	} `json:"backend"`
}

// ErrNoProject is returned for a folder without a Pulumi program in it or above it.
var ErrNoProject = errors.New("no Pulumi.yaml in this folder or above it; use --cwd FOLDER")

// Open reads the file of a stack.
func Open(s Source) (*File, error) {
	folder, p, err := findProject(s.Folder)
	if err != nil {
		return nil, err
	}
	f := &File{Project: p.Name, Program: folder, Backend: p.Backend.URL, Stack: ShortName(s.Stack)}
	f.Path = s.ConfigFile
	if f.Path == "" {
		dir := p.StackConfigDir
		if text, ok := p.Config.(string); ok && dir == "" {
			dir = text
		}
		f.Path = filepath.Join(folder, dir, "Pulumi."+f.Stack+".yaml")
	}
	if err := f.read(); err != nil {
		return nil, err
	}
	return f, nil
}

// missingError is the path of a file that does not exist.
type missingError string

// Error implements error.
func (m missingError) Error() string { return "there is no " + string(m) }

// Unwrap returns fs.ErrNotExist.
func (missingError) Unwrap() error { return fs.ErrNotExist }

// ShortName returns the last part of a stack's name, which names its file.
func ShortName(stack string) string { return stack[strings.LastIndex(stack, "/")+1:] }

// findProject returns the folder of the Pulumi program that a folder is in.
func findProject(start string) (string, project, error) {
	folder, err := filepath.Abs(start)
	if err != nil {
		return "", project{}, err
	}
	for {
		for _, name := range []string{"Pulumi.yaml", "Pulumi.yml"} {
			raw, err := os.ReadFile(filepath.Join(folder, name))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return "", project{}, err
			}
			var p project
			if err := yaml.Unmarshal(raw, &p); err != nil {
				return "", project{}, fmt.Errorf("%s: %w", filepath.Join(folder, name), err)
			}
			return relative(folder), p, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", project{}, ErrNoProject
		}
		folder = parent
	}
}

// relative returns a folder as seen from the current one where that is shorter.
func relative(folder string) string {
	here, err := os.Getwd()
	if err != nil {
		return folder
	}
	short, err := filepath.Rel(here, folder)
	if err != nil || len(short) >= len(folder) {
		return folder
	}
	return short
}

// read decodes the file.
func (f *File) read() error {
	raw, err := os.ReadFile(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return missingError(f.Path)
	}
	if err != nil {
		return err
	}
	var text struct {
		SecretsProvider string         `json:"secretsprovider"`
		Salt            string         `json:"encryptionsalt"`
		Config          map[string]any `json:"config"`
	}
	if err := yaml.Unmarshal(raw, &text); err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	f.SecretsProvider, f.Passphrase = text.SecretsProvider, text.Salt != ""
	f.values, f.encrypted = map[string]any{}, map[string]bool{}
	for key, value := range text.Config {
		if !strings.Contains(key, ":") {
			key = f.Project + ":" + key
		}
		if isEncrypted(value) {
			f.encrypted[key] = true
			continue
		}
		f.values[key] = value
	}
	return nil
}

// isEncrypted reports whether a value is what `pulumi config set --secret` writes.
func isEncrypted(value any) bool {
	m, ok := value.(map[string]any)
	if !ok || len(m) != 1 {
		return false
	}
	_, ok = m["secure"].(string)
	return ok
}

// Texts returns the scalars of the file as text, by their whole key, and the keys of those that are
// encrypted.
func (f *File) Texts() (plain map[string]string, encrypted map[string]bool) {
	plain = map[string]string{}
	for key, value := range f.values {
		switch v := value.(type) {
		case string:
			plain[key] = v
		case bool:
			plain[key] = strconv.FormatBool(v)
		case float64:
			plain[key] = strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return plain, f.encrypted
}

// HasSecrets reports whether anything in the file is encrypted, at any depth.
func (f *File) HasSecrets() bool {
	if len(f.encrypted) > 0 {
		return true
	}
	for _, value := range f.values {
		if containsEncrypted(value) {
			return true
		}
	}
	return false
}

func containsEncrypted(value any) bool {
	if isEncrypted(value) {
		return true
	}
	switch v := value.(type) {
	case map[string]any:
		for _, item := range v {
			if containsEncrypted(item) {
				return true
			}
		}
	case []any:
		for _, item := range v {
			if containsEncrypted(item) {
				return true
			}
		}
	}
	return false
}

// Decode decodes the value of one of the program's own keys, without those in it that are
// encrypted; an absent key leaves into as it is.
func (f *File) Decode(key string, into any) error {
	value, ok := f.values[f.Project+":"+key]
	if !ok {
		return nil
	}
	raw, err := yaml.Marshal(withoutEncrypted(value))
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s: %s:%s: %w", f.Path, f.Project, key, err)
	}
	return nil
}

// Has reports whether the file has one of the program's own keys.
func (f *File) Has(key string) bool {
	full := f.Project + ":" + key
	_, plain := f.values[full]
	return plain || f.encrypted[full]
}

// withoutEncrypted returns a value with an empty text for each encrypted one: it tells that there
// is one.
func withoutEncrypted(value any) any {
	if isEncrypted(value) {
		return ""
	}
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = withoutEncrypted(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = withoutEncrypted(item)
		}
		return out
	}
	return value
}
