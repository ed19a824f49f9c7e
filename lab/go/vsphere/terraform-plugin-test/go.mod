module github.com/hashicorp/terraform-plugin-test

go 1.26

require github.com/hashicorp/terraform-json v0.27.1
