package dev.airfield.example.order;

import java.time.Duration;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

@Component
public class UserClient {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final WebClient http;

    public UserClient(WebClient.Builder http, @Value("${user-service.url}") String url) {
        this.http = http.baseUrl(url).build();
    }

    public Mono<User> user(long id) {
        return http.get().uri("/user/{id}", id).retrieve().bodyToMono(User.class).timeout(PATIENCE);
    }
}
