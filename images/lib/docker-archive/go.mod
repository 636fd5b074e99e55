module airfield.dev/images/docker-archive

go 1.21
