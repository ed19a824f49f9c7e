// Package venafi stands where requests are signed by Venafi: what that needs is not served. Configurations may still name it.
package venafi

// CRControllerName is the name by which it would be switched on.
const CRControllerName = "certificaterequests-issuer-venafi"
