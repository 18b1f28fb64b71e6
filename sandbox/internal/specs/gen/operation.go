package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// fromSpecifications reads the rows of a type from the specifications of one api-version. It
// returns nil if they do not have the type.
func fromSpecifications(docs *documents, dir string, s service, typ string) (map[string]specs.Property, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	for _, file := range files {
		doc, err := docs.load(file)
		if err != nil {
			return nil, err
		}
		paths, _ := doc["paths"].(object)
		for path, item := range paths {
			operations, ok := item.(object)
			if !ok || !names(path, typ) {
				continue
			}
			put, ok := operations["put"].(object)
			if !ok {
				continue
			}
			rows, err := bodyRows(docs, file, s, operations, put, lastParameter(path))
			if err != nil || rows != nil {
				return rows, err
			}
		}
	}
	return nil, nil
}

// names reports whether the path is that of one resource of the type.
func names(path, typ string) bool {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	if strings.EqualFold(typ, "Microsoft.Resources/resourceGroups") {
		return len(segments) == 4 && strings.EqualFold(segments[2], "resourcegroups")
	}
	at := -1
	for i, segment := range segments {
		if strings.EqualFold(segment, "providers") {
			at = i
		}
	}
	if at < 0 || len(segments) < at+4 || (len(segments)-at)%2 != 0 {
		return false
	}
	got := segments[at+1]
	for i := at + 2; i < len(segments); i += 2 {
		got += "/" + segments[i]
	}
	return strings.EqualFold(got, typ)
}

// lastParameter returns the name of the last parameter of a path; "" if its last segment is fixed.
func lastParameter(path string) string {
	last := path[strings.LastIndex(path, "/")+1:]
	if !strings.HasPrefix(last, "{") {
		return ""
	}
	return strings.Trim(last, "{}")
}

// bodyRows returns the rows of the body of a PUT and of its answer, and of the resource's name,
// which is the path parameter with the given name.
func bodyRows(docs *documents, file string, s service, operations, put object, nameOf string) (map[string]specs.Property, error) {
	request, response := walker{docs, s.stops, map[string]specs.Property{}}, walker{docs, s.stops, map[string]specs.Property{}}
	var name specs.Property
	parameters, _ := put["parameters"].([]any)
	shared, _ := operations["parameters"].([]any)
	for _, one := range append(slices.Clone(shared), parameters...) {
		value, ok := one.(object)
		if !ok {
			continue
		}
		parameter, err := docs.resolve(node{file: file, value: value})
		if err != nil {
			return nil, err
		}
		switch in := text(parameter.value["in"]); {
		case in == "body":
			schema, _ := parameter.value["schema"].(object)
			if err := request.walk("", node{file: parameter.file, value: schema}, true, nil); err != nil {
				return nil, err
			}
		case in == "path" && text(parameter.value["name"]) == nameOf:
			name = facts(specs.NamePath, parameter.value, false, nil)
		}
	}
	if len(request.rows) == 0 {
		return nil, nil
	}
	schema, err := answer(docs, file, put)
	if err != nil {
		return nil, err
	}
	if schema.value != nil {
		if err := response.walk("", schema, true, nil); err != nil {
			return nil, err
		}
	}
	rows := join(request.rows, response.rows)
	name.Path, name.Kind, name.ClientName = specs.NamePath, specs.String, ""
	rows[specs.NamePath] = name
	return rows, nil
}

// answer returns the schema of the 200 or 201 of an operation.
func answer(docs *documents, file string, operation object) (node, error) {
	responses, _ := operation["responses"].(object)
	for _, status := range []string{"200", "201"} {
		value, ok := responses[status].(object)
		if !ok {
			continue
		}
		response, err := docs.resolve(node{file: file, value: value})
		if err != nil {
			return node{}, err
		}
		if schema, ok := response.value["schema"].(object); ok {
			return node{file: response.file, value: schema}, nil
		}
	}
	return node{}, nil
}

// join returns the rows of the request, and those of the answer that the request lacks.
func join(request, response map[string]specs.Property) map[string]specs.Property {
	rows := make(map[string]specs.Property, len(response))
	for path, p := range request {
		if _, ok := response[path]; !ok && len(response) > 0 {
			p.Side = specs.Request
		}
		rows[path] = p
	}
	for path, p := range response {
		if _, ok := request[path]; !ok {
			p.Side = specs.Response
			rows[path] = p
		}
	}
	return rows
}

// versionFolders returns the folder of each api-version of a service.
func versionFolders(root string, s service) (map[string]string, error) {
	found := map[string]string{}
	for _, state := range []string{"stable", "preview"} {
		entries, err := os.ReadDir(filepath.Join(root, "specification", s.folder, state))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.IsDir() && s.serves(e.Name()) {
				found[e.Name()] = filepath.Join(root, "specification", s.folder, state, e.Name())
			}
		}
	}
	return found, nil
}
