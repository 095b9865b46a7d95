DROP INDEX "snapshots_by_name";--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "tier" text NOT NULL;--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "made_by" uuid NOT NULL;--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "shared" boolean NOT NULL;--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "problem" text;--> statement-breakpoint
CREATE INDEX "snapshots_by_project" ON "snapshots" USING btree ("project_id","created_at");