package entra

import (
	"encoding/json"
	"fmt"
	"net/http"
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

func newGraph() *fakeGraph { return &fakeGraph{objects: map[string]map[string]any{}} }
