package entra

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// fakeGraph stores objects by path. It has no rules except for IDs.
type fakeGraph struct {
	mu        sync.Mutex
	objects   map[string]map[string]any
	next      int
	invisible int // number of requests for which a new application is not visible
	bodies    []string
	owners    map[string][]string // by the object's path
}

func (f *fakeGraph) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/v1.0")
	w.Header().Set("Content-Type", "application/json")
	var body map[string]any
	if r.Method == http.MethodPost || r.Method == http.MethodPatch {
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		text, _ := json.Marshal(body)
		f.bodies = append(f.bodies, r.Method+" "+path+" "+string(text))
	}
	parent, _, isCredential := strings.Cut(path, "/federatedIdentityCredentials")
	if isCredential && (f.objects[parent] == nil || f.invisible > 0) {
		f.invisible--
		f.missing(w)
		return
	}
	if parent, rest, ok := strings.Cut(path, "/owners"); ok && r.Method != http.MethodGet {
		f.changeOwners(w, parent, rest, body)
		return
	}
	switch r.Method {
	case http.MethodPost:
		f.next++
		id := fmt.Sprintf("00000000-0000-4000-8000-%012d", f.next)
		body["id"] = id
		if path == "/applications" {
			body["appId"] = "a" + id[1:]
		}
		if path == "/servicePrincipals" {
			body["appOwnerOrganizationId"] = "00000000-0000-4000-8000-00000000beef"
		}
		refs, _ := body["owners@odata.bind"].([]any)
		for _, r := range refs {
			f.owners[path+"/"+id] = append(f.owners[path+"/"+id], lastSegment(r))
		}
		delete(body, "owners@odata.bind")
		f.objects[path+"/"+id] = body
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(body)
	case http.MethodPatch:
		if f.objects[path] == nil {
			f.missing(w)
			return
		}
		for k, v := range body {
			f.objects[path][k] = v
		}
		w.WriteHeader(http.StatusNoContent)
	case http.MethodDelete:
		if f.objects[path] == nil {
			f.missing(w)
			return
		}
		delete(f.objects, path)
		w.WriteHeader(http.StatusNoContent)
	default:
		f.get(w, r, path)
	}
}

func (f *fakeGraph) get(w http.ResponseWriter, r *http.Request, path string) {
	if id, ok := strings.CutPrefix(path, "/directoryObjects/"); ok {
		_ = json.NewEncoder(w).Encode(map[string]any{"id": id})
		return
	}
	if parent, ok := strings.CutSuffix(path, "/owners"); ok {
		list := []any{}
		for _, id := range f.owners[parent] {
			list = append(list, map[string]any{"id": id})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"value": list})
		return
	}
	if found := f.objects[path]; found != nil {
		_ = json.NewEncoder(w).Encode(found)
		return
	}
	list := []any{}
	filter := r.URL.Query().Get("$filter")
	for at, o := range f.objects {
		rest, ok := strings.CutPrefix(at, path+"/")
		if !ok || strings.Contains(rest, "/") {
			continue
		}
		if filter == "" || filter == fmt.Sprintf("appId eq '%v'", o["appId"]) ||
			filter == fmt.Sprintf("displayName eq '%v'", strings.ReplaceAll(fmt.Sprint(o["displayName"]), "'", "''")) {
			list = append(list, o)
		}
	}
	if len(list) == 0 && !strings.HasSuffix(path, "s") {
		f.missing(w)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"value": list})
}

func (f *fakeGraph) missing(w http.ResponseWriter) {
	w.WriteHeader(http.StatusNotFound)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
		"code": "Request_ResourceNotFound", "message": "Resource does not exist.",
	}})
}

func newGraph() *fakeGraph {
	return &fakeGraph{objects: map[string]map[string]any{}, owners: map[string][]string{}}
}

// changeOwners serves POST …/owners/$ref and DELETE …/owners/{id}/$ref.
func (f *fakeGraph) changeOwners(w http.ResponseWriter, parent, rest string, body map[string]any) {
	if id, ok := strings.CutSuffix(rest, "/$ref"); ok && id != "" {
		f.owners[parent] = slices.DeleteFunc(f.owners[parent], func(o string) bool { return o == id[1:] })
	} else {
		f.owners[parent] = append(f.owners[parent], lastSegment(body["@odata.id"]))
	}
	w.WriteHeader(http.StatusNoContent)
}

func lastSegment(reference any) string {
	text, _ := reference.(string)
	return text[strings.LastIndex(text, "/")+1:]
}
