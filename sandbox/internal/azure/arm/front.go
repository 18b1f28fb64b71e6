package arm

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/token"
)

// ServeHTTP serves a request to ARM.
func (c *Core) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	requestID := uuid.NewString()
	correlation := cmp.Or(r.Header.Get("x-ms-correlation-request-id"), requestID)
	h := w.Header()
	h.Set("x-ms-request-id", requestID)
	h.Set("x-ms-correlation-request-id", correlation)
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	response, err := c.serve(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	maps.Copy(h, response.Header)
	if response.Body == nil {
		w.WriteHeader(response.Status)
		return
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(response.Status)
	if r.Method != http.MethodHead {
		// Encode fails only if the client has closed the connection.
		_ = json.NewEncoder(w).Encode(response.Body)
	}
}

// fail writes an error response. Errors that are not from ARM become a 500.
func (c *Core) fail(w http.ResponseWriter, r *http.Request, err error) {
	var e *Error
	if !errors.As(err, &e) {
		c.Log.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
		e = Errorf(http.StatusInternalServerError, "InternalServerError", "The sandbox failed on this request: %v", err)
	}
	maps.Copy(w.Header(), e.header)
	if e.origin != provider && e.Status < http.StatusInternalServerError && e.Status != http.StatusUnauthorized {
		// Recorded with ARM's own 404 (azure-cli, test_aks_create_with_oidc_issuer_enabled.yaml).
		w.Header().Set("X-Ms-Failure-Cause", "gateway")
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(e.Status)
	if r.Method != http.MethodHead {
		// Encode fails only if the client has closed the connection.
		_ = json.NewEncoder(w).Encode(e.body())
	}
}

func (c *Core) serve(r *http.Request) (Response, error) {
	if isMetadata(r) {
		return metadata(r)
	}
	caller, err := c.Authority.Check(r, Audiences...)
	if err != nil {
		return Response{}, c.unauthenticated(err)
	}
	for _, route := range c.routes {
		if vars, ok := route.match(r); ok {
			return c.serveRoute(route, &Request{Request: r, Caller: caller, Vars: vars})
		}
	}
	return c.serveType(&Request{Request: r, Caller: caller})
}

// match reports whether the route serves the request, and returns the variables of its path.
func (rt route) match(r *http.Request) (map[string]string, bool) {
	if r.Method != rt.method {
		return nil, false
	}
	segments := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(segments) != len(rt.segments) {
		return nil, false
	}
	vars := make(map[string]string)
	for i, want := range rt.segments {
		if name, isVar := strings.CutPrefix(want, "{"); isVar {
			vars[strings.TrimSuffix(name, "}")] = segments[i]
			continue
		}
		if !strings.EqualFold(want, segments[i]) {
			return nil, false
		}
	}
	return vars, true
}

func (c *Core) serveRoute(rt route, r *Request) (Response, error) {
	if err := checkVersion(r.Version(), rt.versions); err != nil {
		return Response{}, err
	}
	if sub, ok := r.Vars["sub"]; ok {
		if err := c.checkSubscription(sub); err != nil {
			return Response{}, err
		}
	}
	if rt.action != "" {
		scope := "/subscriptions/" + c.SubscriptionID
		if rg, ok := r.Vars["rg"]; ok {
			scope += "/resourceGroups/" + rg
		}
		if err := c.authorise(r.Caller, scope, rt.action); err != nil {
			return Response{}, err
		}
	}
	return rt.handle(r)
}

// serveType serves a request for a resource type. The checks are in ARM's order: version,
// subscription, authorisation, then existence, so that a caller without rights does not learn what
// exists.
func (c *Core) serveType(r *Request) (Response, error) {
	path, action := r.URL.Path, ""
	id, err := resource.ParseID(path)
	if err != nil {
		return Response{}, invalidPath(path)
	}
	if r.Method == http.MethodPost && id.Collection() && len(id.Types) > 1 {
		cut := strings.LastIndex(strings.TrimRight(path, "/"), "/")
		action = id.Types[len(id.Types)-1]
		if id, err = resource.ParseID(path[:cut]); err != nil {
			return Response{}, invalidPath(path)
		}
	}
	if len(id.Types) == 0 {
		return Response{}, invalidPath(path)
	}
	r.ID = id
	version := r.Version()
	if version == "" {
		return Response{}, missingVersion()
	}
	t, err := c.findType(id, version)
	if err != nil {
		return Response{}, err
	}
	r.Type = t
	if id.Subscription != "" {
		if err := c.checkSubscription(id.Subscription); err != nil {
			return Response{}, err
		}
	}
	if err := checkTypeVersion(version, t); err != nil {
		return Response{}, err
	}
	if open := t.Open && id.Subscription == "" && verb(r.Method) == "read"; !open {
		if err := c.authorise(r.Caller, id.String(), actionName(t, r.Method, action)); err != nil {
			return Response{}, err
		}
	}
	if err := c.checkContainment(r); err != nil {
		return Response{}, err
	}
	if err := c.admit(r); err != nil {
		return Response{}, err
	}
	response, err := c.dispatch(r, action)
	if err != nil {
		return response, fromProvider(t, err)
	}
	if action == "" {
		response.Body, err = narrow(response.Body, r)
	}
	return response, err
}

// dispatch calls the handler of the type for the operation, or the default.
func (c *Core) dispatch(r *Request, action string) (Response, error) {
	t := r.Type
	switch {
	case action != "":
		if handle, ok := t.Actions[strings.ToLower(action)]; ok {
			return handle(r)
		}
		return Response{}, gatewayErrorf(http.StatusNotFound, "InvalidResourceType", "The resource type '%s' has no action '%s'.", t.Name, action)
	case r.ID.Collection() && r.Method == http.MethodGet:
		if t.List != nil {
			return t.List(r)
		}
		return c.list(r)
	case r.ID.Collection():
		return Response{}, methodNotAllowed(r)
	case r.Method == http.MethodGet && t.Get != nil:
		return t.Get(r)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		return c.get(r)
	case r.Method == http.MethodPut && t.Put != nil:
		if err := checkBody(r); err != nil {
			return Response{}, err
		}
		return t.Put(r)
	case r.Method == http.MethodPatch && t.Patch != nil:
		return t.Patch(r)
	case r.Method == http.MethodPatch && t.Taggable:
		return c.patchTags(r)
	case r.Method == http.MethodDelete && (t.Delete != nil || t.Put != nil):
		if t.Delete != nil {
			return t.Delete(r)
		}
		return c.delete(r)
	default:
		return Response{}, methodNotAllowed(r)
	}
}

// checkContainment refuses a request whose resource group or parent resource does not exist.
func (c *Core) checkContainment(r *Request) error {
	return c.Store.View(func(tx *store.Tx) error {
		if group := r.ID.ResourceGroup; group != "" && !strings.EqualFold(r.Type.Name, resource.TypeGroup) {
			h, err := resource.LoadHeader(tx, "/subscriptions/"+r.ID.Subscription+"/resourceGroups/"+group)
			if err != nil {
				return err
			}
			if h == nil {
				return GroupNotFound(group)
			}
			if r.Method == http.MethodPut && h.State == resource.Deleting {
				return Errorf(http.StatusConflict, "ResourceGroupBeingDeleted",
					"The resource group '%s' is in deprovisioning state and cannot perform this operation.", group)
			}
		}
		parent, child := r.ID.Parent()
		if !child || r.Method == http.MethodDelete {
			return nil
		}
		ok, err := c.Exists(tx, parent)
		if err != nil || ok {
			return err
		}
		if r.Type.ParentMissing != nil {
			return r.Type.ParentMissing(parent)
		}
		return parentNotFound(verb(r.Method), r.Type.Name[strings.Index(r.Type.Name, "/")+1:], parent)
	})
}

func (c *Core) checkSubscription(id string) error {
	if _, err := uuid.Parse(id); err != nil {
		return Errorf(http.StatusBadRequest, "InvalidSubscriptionId", "The provided subscription identifier '%s' is malformed or invalid.", id)
	}
	if !strings.EqualFold(id, c.SubscriptionID) {
		return Errorf(http.StatusNotFound, "SubscriptionNotFound", "The subscription '%s' could not be found.", id)
	}
	return nil
}

func invalidPath(path string) *Error {
	return Errorf(http.StatusNotFound, "InvalidRequestUri", "The request path '%s' does not name a resource of Azure Resource Manager.", path)
}

func methodNotAllowed(r *Request) *Error {
	return gatewayErrorf(http.StatusMethodNotAllowed, "HttpMethodNotAllowed", "The http method '%s' is not supported for resource type '%s'.", r.Method, r.Type.Name)
}

// unauthenticated returns ARM's error for a token that was refused.
func (c *Core) unauthenticated(err error) *Error {
	tenant := c.Authority.TenantID
	authority := "https://login.windows.net/" + tenant
	e := Errorf(http.StatusUnauthorized, "InvalidAuthenticationToken", "The access token is invalid.")
	var issuer token.IssuerError
	var audience token.AudienceError
	switch {
	case errors.Is(err, token.ErrMissing):
		e = Errorf(http.StatusUnauthorized, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
	case errors.Is(err, token.ErrExpired):
		e = Errorf(http.StatusUnauthorized, "ExpiredAuthenticationToken", "The access token expiry UTC time has passed; the current UTC time is '%s'.", c.Now().UTC().Format("1/2/2006 3:04:05 PM"))
	case errors.As(err, &issuer):
		e = Errorf(http.StatusUnauthorized, "InvalidAuthenticationTokenTenant",
			"The access token is from the wrong issuer '%s'. It must match the tenant '%s' associated with this subscription. Please use the authority (URL) '%s' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.",
			issuer.Got, issuer.Want, authority)
	case errors.As(err, &audience):
		e = Errorf(http.StatusUnauthorized, "InvalidAuthenticationTokenAudience",
			"The access token has been obtained for wrong audience or resource '%s'. It should exactly match with one of the allowed audiences '%s'.",
			audience.Got, strings.Join(audience.Want, "','"))
	}
	e.header = http.Header{"Www-Authenticate": {`Bearer authorization_uri="` + authority + `", error="invalid_token", error_description="` + e.Message + `"`}}
	return e
}
