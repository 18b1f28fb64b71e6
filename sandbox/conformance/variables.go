package conformance

import (
	"fmt"
	"regexp"
	"strings"
)

var variable = regexp.MustCompile(`\$\{([^}]+)\}`)

// expandRequest replaces the variables in the texts of a step's request.
func (r *replay) expandRequest(s Step) (Step, error) {
	e := expander{replay: r}
	s.ID = e.text(s.ID)
	s.Inputs, s.OldInputs, s.State = e.object(s.Inputs), e.object(s.OldInputs), e.object(s.State)
	if s.HTTP != nil {
		h := *s.HTTP
		h.URL, h.Body, h.Headers = e.text(h.URL), e.value(h.Body), e.texts(h.Headers)
		s.HTTP = &h
	}
	return s, e.err
}

// expandAnswer replaces the variables in the texts of an answer. It is called after the request, so
// that an answer can refer to the resource itself.
func (r *replay) expandAnswer(w Answer) (Answer, error) {
	e := expander{replay: r}
	w.ID, w.Error = e.text(w.ID), e.text(w.Error)
	w.Inputs, w.Outputs, w.Has, w.Body = e.object(w.Inputs), e.object(w.Outputs), e.object(w.Has), e.value(w.Body)
	w.Headers = e.texts(w.Headers)
	w.Failures = e.list(w.Failures)
	return w, e.err
}

// expander replaces variables; the first unknown one is its error.
type expander struct {
	*replay
	err error
}

func (e *expander) object(m map[string]any) map[string]any {
	if m == nil {
		return nil
	}
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[e.text(k)] = e.value(v)
	}
	return out
}

func (e *expander) list(texts []string) []string {
	if texts == nil {
		return nil
	}
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = e.text(t)
	}
	return out
}

func (e *expander) texts(m map[string]string) map[string]string {
	if m == nil {
		return nil
	}
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = e.text(v)
	}
	return out
}

// value also turns YAML's whole numbers into those of JSON.
func (e *expander) value(v any) any {
	switch v := v.(type) {
	case string:
		return e.text(v)
	case int:
		return float64(v)
	case map[string]any:
		return e.object(v)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = e.value(item)
		}
		return out
	}
	return v
}

func (e *expander) text(s string) string {
	return variable.ReplaceAllStringFunc(s, func(found string) string {
		name := found[2 : len(found)-1]
		text, ok := e.variable(name)
		if !ok && e.err == nil {
			e.err = fmt.Errorf("unknown variable %s", found)
		}
		return text
	})
}

func (e *expander) variable(name string) (string, bool) {
	switch name {
	case "subscription":
		return e.login.SubscriptionID, true
	case "tenant":
		return e.login.TenantID, true
	case "client":
		return e.login.ClientID, true
	case "object":
		return e.replay.object, true
	}
	of, path, _ := strings.Cut(name, ".")
	k, ok := e.known[of]
	if !ok {
		return "", false
	}
	if path == "id" {
		return k.id, true
	}
	v := lookup(answer{inputs: k.inputs, outputs: k.outputs}, path)
	text, ok := v.(string)
	return text, ok
}
