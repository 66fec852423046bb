provider "aws" {
  access_key = var.access_key
  secret_key = "made-up"
}

variable "secret_key" {
  type      = string
  sensitive = true
}

resource "google_secret_manager_secret" "secret_key" {
  secret_id = "secret-key"
}

resource "google_cloud_run_v2_service" "shop" {
  template {
    containers {
      image = "shop"
      env {
        name = "SECRET_KEY"
        value_source {
          secret_key_ref {
            secret  = google_secret_manager_secret.secret_key.secret_id
            version = "latest"
          }
        }
      }
      env {
        name  = "DEBUG"
        value = "0"
      }
    }
  }
}

resource "azurerm_linux_web_app" "shop" {
  app_settings = {
    "SECRET_KEY" = "@Microsoft.KeyVault(SecretUri=https://shop.vault.azure.net/secrets/secret-key/)"
    "DEBUG"      = "0"
  }
}
