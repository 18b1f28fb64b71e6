package graph

import (
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// group is a security group in the form of Graph
// (https://learn.microsoft.com/graph/api/resources/group). In the sandbox the deployer's
// application permission also allows managing groups; in Entra that is Group.ReadWrite.All.
type group struct {
	Context         string   `json:"@odata.context,omitempty"`
	ID              string   `json:"id,omitempty"`
	DisplayName     string   `json:"displayName,omitempty"`
	Description     optional `json:"description,omitzero"`
	MailEnabled     *bool    `json:"mailEnabled,omitempty"`
	MailNickname    string   `json:"mailNickname,omitempty"`
	SecurityEnabled *bool    `json:"securityEnabled,omitempty"`
	CreatedDateTime string   `json:"createdDateTime,omitempty"`
}

func (c *call) showGroup(g directory.Group, single bool) group {
	no, yes := false, true
	shown := group{
		ID: g.ID, DisplayName: g.DisplayName, Description: optionalText(g.Description),
		MailEnabled: &no, MailNickname: g.Nickname, SecurityEnabled: &yes,
		CreatedDateTime: g.Created.UTC().Format(stamp),
	}
	if single {
		shown.Context = c.base + "/$metadata#groups/$entity"
	}
	return shown
}

func (c *call) groups(path []string) (response, error) {
	if c.Method != http.MethodGet && !c.caller.managesAll() {
		return response{}, denied()
	}
	if len(path) == 0 {
		switch c.Method {
		case http.MethodGet:
			return c.listGroups()
		case http.MethodPost:
			return c.createGroup()
		}
		return response{}, c.notAllowed()
	}
	id, rest := path[0], path[1:]
	switch {
	case len(rest) == 0 && c.Method == http.MethodGet:
		var a response
		err := c.server.Store.View(func(tx *store.Tx) error {
			g, err := findGroup(tx, id)
			if err == nil {
				a = response{http.StatusOK, c.showGroup(*g, true)}
			}
			return err
		})
		return a, err
	case len(rest) == 0 && c.Method == http.MethodDelete:
		err := c.server.Store.Update(func(tx *store.Tx) error {
			if _, err := findGroup(tx, id); err != nil {
				return err
			}
			return directory.RemoveGroup(tx, id)
		})
		return response{status: http.StatusNoContent}, err
	case len(rest) == 0:
		return response{}, c.notAllowed()
	case rest[0] == "members":
		return c.members(id, rest[1:])
	}
	return response{}, badRequest("Resource not found for the segment '%s'.", rest[0])
}

func findGroup(tx *store.Tx, id string) (*directory.Group, error) {
	g, err := directory.GetGroup(tx, id)
	if err == nil && g == nil {
		err = notFound(id)
	}
	return g, err
}

func (c *call) listGroups() (response, error) {
	keep, err := c.filter(filterable{single: []string{"displayName", "id", "mailNickname"}})
	if err != nil {
		return response{}, err
	}
	var items []any
	err = c.server.Store.View(func(tx *store.Tx) error {
		all, err := directory.Groups(tx)
		for _, g := range all {
			properties := map[string][]string{"displayName": {g.DisplayName}, "id": {g.ID}, "mailNickname": {g.Nickname}}
			if keep(func(p string) []string { return properties[p] }) {
				items = append(items, c.showGroup(g, false))
			}
		}
		return err
	})
	return c.page("groups", items), err
}

func (c *call) createGroup() (response, error) {
	var body group
	if err := c.read(&body); err != nil {
		return response{}, err
	}
	switch {
	case body.DisplayName == "" || body.MailNickname == "" || body.MailEnabled == nil || body.SecurityEnabled == nil:
		return response{}, badRequest("A value is required for the properties 'displayName', 'mailEnabled', 'mailNickname' and 'securityEnabled' of resource 'Group'.")
	case *body.MailEnabled || !*body.SecurityEnabled:
		return response{}, badRequest("The sandbox has security groups only: 'mailEnabled' must be false and 'securityEnabled' must be true.")
	}
	g := directory.Group{
		ID: uuid.NewString(), DisplayName: body.DisplayName, Nickname: body.MailNickname, Created: c.server.Now().UTC(),
	}
	body.Description.write(&g.Description)
	err := c.server.Store.Update(func(tx *store.Tx) error { return directory.PutGroup(tx, g) })
	return response{http.StatusCreated, c.showGroup(g, true)}, err
}

// members serves …/members, …/members/$ref and …/members/{id}/$ref.
func (c *call) members(id string, path []string) (response, error) {
	switch {
	case c.Method == http.MethodGet && len(path) == 0:
		return c.listMembers(id)
	case c.Method == http.MethodPost && len(path) == 1 && path[0] == "$ref":
		return c.addMember(id)
	case c.Method == http.MethodDelete && len(path) == 2 && path[1] == "$ref":
		return response{status: http.StatusNoContent}, c.changeGroup(id, func(tx *store.Tx, g *directory.Group) error {
			i := slices.IndexFunc(g.Members, func(m string) bool { return strings.EqualFold(m, path[0]) })
			if i < 0 {
				return notFound(path[0])
			}
			g.Members = slices.Delete(g.Members, i, i+1)
			return nil
		})
	}
	return response{}, c.notAllowed()
}

func (c *call) listMembers(id string) (response, error) {
	var items []any
	err := c.server.Store.View(func(tx *store.Tx) error {
		g, err := findGroup(tx, id)
		if err != nil {
			return err
		}
		for _, member := range g.Members {
			sp, err := directory.Principal(tx, member)
			if err != nil {
				return err
			}
			if sp != nil {
				items = append(items, c.showPrincipal(*sp, false))
			}
		}
		return nil
	})
	return c.page("directoryObjects", items), err
}

// addMember adds the object whose ID ends the body's reference.
func (c *call) addMember(id string) (response, error) {
	var body struct {
		Reference string `json:"@odata.id"`
	}
	if err := c.read(&body); err != nil {
		return response{}, err
	}
	member := body.Reference[strings.LastIndex(body.Reference, "/")+1:]
	return response{status: http.StatusNoContent}, c.changeGroup(id, func(tx *store.Tx, g *directory.Group) error {
		sp, err := directory.Principal(tx, member)
		if err != nil {
			return err
		}
		if sp == nil {
			return notFound(member)
		}
		if slices.ContainsFunc(g.Members, func(m string) bool { return strings.EqualFold(m, member) }) {
			return badRequest("One or more added object references already exist for the following modified properties: 'members'.")
		}
		g.Members = append(g.Members, sp.ID)
		return nil
	})
}

// changeGroup stores the changes that f makes to the group.
func (c *call) changeGroup(id string, f func(tx *store.Tx, g *directory.Group) error) error {
	return c.server.Store.Update(func(tx *store.Tx) error {
		g, err := findGroup(tx, id)
		if err != nil {
			return err
		}
		if err := f(tx, g); err != nil {
			return err
		}
		return directory.PutGroup(tx, *g)
	})
}
