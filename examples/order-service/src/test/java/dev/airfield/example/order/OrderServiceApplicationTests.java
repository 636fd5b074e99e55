package dev.airfield.example.order;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "HOSTNAME=order-service-test")
@AutoConfigureWebTestClient
class OrderServiceApplicationTests {

    /** Stands in for user-service: knows user 1 only. */
    private static final DisposableServer USER_SERVICE = HttpServer.create()
            .host("127.0.0.1")
            .route(routes -> routes.get("/user/1", (request, response) -> response
                    .header("Content-Type", "application/json")
                    .sendString(Mono.just("""
                            {"id":1,"name":"Ada","email":"ada@example.com","servedBy":"user-service-test"}
                            """))))
            .bindNow();

    @DynamicPropertySource
    static void userService(DynamicPropertyRegistry properties) {
        properties.add("user-service.url", () -> "http://127.0.0.1:" + USER_SERVICE.port());
    }

    @AfterAll
    static void stop() {
        USER_SERVICE.disposeNow();
    }

    @Autowired
    private WebTestClient http;

    @Test
    void answersWithTheOrderAndTheUserWhoGaveIt() {
        http.get().uri("/order/1").exchange()
                .expectStatus().isOk()
                .expectBody()
                .jsonPath("$.id").isEqualTo(1)
                .jsonPath("$.user.name").isEqualTo("Ada")
                .jsonPath("$.user.servedBy").isEqualTo("user-service-test")
                .jsonPath("$.servedBy").isEqualTo("order-service-test");
    }

    @Test
    void saysThatUserServiceDidNotAnswer() {
        http.get().uri("/order/99").exchange().expectStatus().isEqualTo(502);
    }

    @Test
    void isHealthy() {
        http.get().uri("/actuator/health").exchange()
                .expectStatus().isOk()
                .expectBody().jsonPath("$.status").isEqualTo("UP");
    }
}
