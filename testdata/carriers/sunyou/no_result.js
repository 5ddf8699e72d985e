searchCallback({"data": [{"has": true, "orderNo": "SYAE000000718"}], "status": 1})
