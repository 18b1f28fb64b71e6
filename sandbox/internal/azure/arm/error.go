// Package arm implements the front of Azure Resource Manager: it authenticates and authorises a
// request, checks its api-version, finds the resource type, and handles what is the same for all
// types. The packages below it are the resource providers.
package arm

import (
	"errors"
	"fmt"
	"net/http"
)

// Error is an ARM error:
// https://github.com/Azure/azure-resource-manager-rpc/blob/master/v1.0/common-api-details.md
type Error struct {
	Status  int    `json:"-"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Target  string `json:"target,omitempty"`
	header  http.Header
	origin  origin
	flat    bool
}

// origin tells who refused a request.
type origin int

const (
	unknown  origin = iota
	gateway         // Resource Manager itself
	provider        // the resource provider
)

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Errorf returns an ARM error.
func Errorf(status int, code, format string, args ...any) *Error {
	return &Error{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// gatewayErrorf returns an error of Resource Manager itself, which checks regions, tags and
// existence before a resource provider sees the request.
func gatewayErrorf(status int, code, format string, args ...any) *Error {
	e := Errorf(status, code, format, args...)
	e.origin = gateway
	return e
}

// ByGateway marks an error as one of Resource Manager itself.
func (e *Error) ByGateway() *Error {
	e.origin = gateway
	return e
}

// fromProvider marks an error that a handler of the type returned as the provider's, unless it is
// Resource Manager's.
func fromProvider(t *Type, err error) error {
	var e *Error
	if !errors.As(err, &e) || e.origin == gateway {
		return err
	}
	marked := *e
	marked.origin, marked.flat = provider, t.FlatErrors
	return &marked
}

// body returns the error as the body of an answer.
func (e *Error) body() any {
	if !e.flat {
		return map[string]any{"error": e}
	}
	flat := map[string]any{"code": e.Code, "details": nil, "message": e.Message, "subcode": ""}
	if e.Target != "" {
		flat["target"] = e.Target
	}
	return flat
}

// BadRequestf returns the 400 with which most providers refuse invalid properties.
func BadRequestf(format string, args ...any) *Error {
	return Errorf(http.StatusBadRequest, "BadRequest", format, args...)
}

// At sets the property that caused the error, which the body shows as "target".
func (e *Error) At(target string) *Error {
	e.Target = target
	return e
}

func notFound(typ, name, group string) *Error {
	return gatewayErrorf(http.StatusNotFound, "ResourceNotFound",
		"The Resource '%s/%s' under resource group '%s' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
		typ, name, group)
}

// GroupNotFound returns the error for a resource group that does not exist.
func GroupNotFound(name string) *Error {
	return Errorf(http.StatusNotFound, "ResourceGroupNotFound", "Resource group '%s' could not be found.", name)
}

func parentNotFound(verb, typ, parent string) *Error {
	return Errorf(http.StatusNotFound, "ParentResourceNotFound",
		"Failed to perform '%s' on resource(s) of type '%s', because the parent resource '%s' could not be found.", verb, typ, parent)
}
