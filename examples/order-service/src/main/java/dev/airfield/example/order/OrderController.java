package dev.airfield.example.order;

import java.util.List;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

@RestController
public class OrderController {

    private final UserClient users;
    private final String host;

    public OrderController(UserClient users, @Value("${HOSTNAME:localhost}") String host) {
        this.users = users;
        this.host = host;
    }

    @GetMapping("/order/{id}")
    public Mono<Order> order(@PathVariable long id) {
        return users.user(id)
                .map(user -> new Order(id, List.of("coffee", "cup"), user, host))
                .onErrorMap(error -> new ResponseStatusException(
                        HttpStatus.BAD_GATEWAY, "user-service did not answer: " + error.getMessage(), error));
    }
}
