ALTER TABLE "migrations" ADD COLUMN "phase" text NOT NULL;--> statement-breakpoint
ALTER TABLE "migrations" ADD COLUMN "provision_ms" integer;--> statement-breakpoint
ALTER TABLE "migrations" ADD COLUMN "checkpoint_ms" integer;--> statement-breakpoint
ALTER TABLE "migrations" ADD COLUMN "transfer_ms" integer;--> statement-breakpoint
ALTER TABLE "migrations" ADD COLUMN "restore_ms" integer;--> statement-breakpoint
ALTER TABLE "migrations" ADD COLUMN "updated_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "migrations" DROP COLUMN "epoch";