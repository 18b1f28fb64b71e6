package strict

import (
	"encoding/json"
	"strconv"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// plain turns a value of free form, such as a chart's, into what Pulumi marshals: json.Number is
// text to it.
func plain(raw any) any {
	switch v := raw.(type) {
	case json.Number:
		if i, err := strconv.Atoi(v.String()); err == nil {
			return i
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = plain(item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = plain(item)
		}
		return out
	default:
		return v
	}
}

// noNulls refuses what has no value anywhere in a value of free form: Pulumi would leave it out, or
// hand it on, by where it is.
func (d *Decoder) noNulls(at problem.Path, raw any) {
	switch v := raw.(type) {
	case nil:
		d.Problems.Unreadable(at, "has no value", "give it one, or remove the key")
	case []any:
		for i, item := range v {
			d.noNulls(at.Index(i), item)
		}
	case map[string]any:
		for _, key := range sortedKeys(v) {
			d.noNulls(at.Key(key), v[key])
		}
	}
}

// describe names what raw is, and quotes it only where nothing encrypted can be in it.
func (d *Decoder) describe(raw any) string {
	switch v := raw.(type) {
	case string:
		if d.confidential {
			return "text"
		}
		return "the text " + Quote(v)
	case json.Number:
		if d.confidential {
			return "a number"
		}
		return "the number " + v.String()
	case bool:
		if d.confidential {
			return "a truth value"
		}
		return "the truth value " + strconv.FormatBool(v)
	case []any:
		return "a list"
	case map[string]any:
		return "a mapping"
	default:
		return "nothing"
	}
}

// Quote shortens long values, so that one bad value does not hide the other problems.
func Quote(s string) string {
	const longest = 80
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest]) + "…"
	}
	return strconv.Quote(s)
}
