package dev.airfield.example.user;

import java.util.Map;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
public class UserController {

    private static final Map<Long, String> NAMES = Map.of(1L, "Ada", 2L, "Grace", 3L, "Edsger");

    private final String host;

    /** In Kubernetes a container's host name is the name of its pod. */
    public UserController(@Value("${HOSTNAME:localhost}") String host) {
        this.host = host;
    }

    @GetMapping("/user/{id}")
    public User user(@PathVariable long id) {
        String name = NAMES.get(id);
        if (name == null) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no user " + id);
        }
        return new User(id, name, name.toLowerCase() + "@example.com", host);
    }
}
