package com.acme;

import lombok.Data;
import lombok.RequiredArgsConstructor;
import org.mapstruct.Mapper;
import org.mapstruct.MappingConstants;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
@RequiredArgsConstructor
public class Application {
  private final UserMapper mapper;

  public static void main(String[] args) {
    SpringApplication.run(Application.class, args);
  }

  @GetMapping("/")
  String hello() {
    User user = new User();
    user.setName("mapstruct-lombok");
    return "hello from " + mapper.toView(user).getName();
  }

  @Data
  public static class User {
    private String name;
  }

  @Data
  public static class UserView {
    private String name;
  }

  @Mapper(componentModel = MappingConstants.ComponentModel.SPRING)
  public interface UserMapper {
    UserView toView(User user);
  }
}
