// Package venafi stands where Kubernetes' own signing requests are signed by Venafi: what that needs is not served.
package venafi

// CSRControllerName is the name by which it would be switched on.
const CSRControllerName = "certificatesigningrequests-issuer-venafi"
