package com.acme;

import com.acme.grpc.GreeterGrpc;
import com.acme.grpc.Greeting;
import com.acme.grpc.Name;
import io.grpc.stub.StreamObserver;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.stereotype.Service;

@SpringBootApplication
public class Application {
  public static void main(String[] args) {
    SpringApplication.run(Application.class, args);
  }

  @Service
  static class Greeter extends GreeterGrpc.GreeterImplBase {
    @Override
    public void hello(Name name, StreamObserver<Greeting> answers) {
      answers.onNext(Greeting.newBuilder().setText("hello " + name.getText()).build());
      answers.onCompleted();
    }
  }
}
