// Package azure holds the facts of Azure and Entra that this product shares: clouds, resource ids
// and scopes, built-in roles, naming rules, limits, and the names that are computed because others
// rely on them.
//
// Resource ids are read by functions of our own rather than by azcore's arm.ParseResourceID: that
// one accepts ids that Azure refuses as a scope (wildcards, empty segments), and brings the whole
// HTTP pipeline of the Azure SDK into every program.
package azure
