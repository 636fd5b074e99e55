package com.acme;

import org.springframework.batch.core.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.repeat.RepeatStatus;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.PlatformTransactionManager;

@SpringBootApplication
public class Application {
  public static void main(String[] args) {
    System.exit(SpringApplication.exit(SpringApplication.run(Application.class, args)));
  }

  @Bean
  Job nightly(JobRepository jobs, PlatformTransactionManager transactions) {
    var step =
        new StepBuilder("sum", jobs)
            .tasklet((contribution, context) -> RepeatStatus.FINISHED, transactions)
            .build();
    return new JobBuilder("nightly", jobs).start(step).build();
  }
}
