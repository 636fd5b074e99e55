package com.acme;

import com.acme.api.Greeting;
import com.acme.api.GreetingApi;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class Application implements GreetingApi {
  public static void main(String[] args) {
    SpringApplication.run(Application.class, args);
  }

  @Override
  public ResponseEntity<Greeting> greeting() {
    return ResponseEntity.ok(new Greeting().text("hello from openapi"));
  }
}
