package azure

// Numbers of nodes of the pools that the Cluster component makes where none is given.
const (
	// DefaultSystemNodes keeps the cluster's own pods running while one node restarts.
	DefaultSystemNodes = 2
	DefaultUserNodes   = 1
)
