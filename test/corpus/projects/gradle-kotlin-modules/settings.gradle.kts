rootProject.name = "shop"

include("libraries:money", "services:orders")
project(":services:orders").projectDir = file("apps/orders")
